import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext } from 'playwright'
import { findFirefox } from '../../build/scripts/programs/firefox.ts'
import type { Ended, LanHost } from '../support/namespaces.ts'
import { launchChromiumIn } from './chromium-in-host.ts'
import { firstLine, type Home, PROMPT } from './home.ts'
import { trustInNss } from './nss.ts'

/** What a client got: the text of the answer, or why it refused the server. */
export type Outcome = { readonly answer: string } | { readonly refusal: string }

/** A client that trusts Latchkey's authority and asks a question over https, with a streamed answer. */
export interface Client {
  readonly name: string
  /** Why it cannot run here. */
  readonly missing?: string
  /** Asks once at each of these addresses of Latchkey, from the laptop. */
  chat(home: Home, urls: readonly string[]): Promise<Outcome[]>
  /** What its refusal of a certificate by an unknown authority says. */
  readonly untrusted: RegExp
}

const OPENAI = fileURLToPath(new URL('openai-chat.child.ts', import.meta.url))
const FIREFOX = fileURLToPath(new URL('firefox-chat.child.ts', import.meta.url))
const PATH = '/v1/chat/completions'
export const PAGE = 'http://localhost:8081/'

export const CLIENTS: readonly Client[] = [
  { name: 'curl', chat: each(chatWithCurl), untrusted: /unable to get local issuer certificate|self.signed/ },
  { name: 'OpenSSL', chat: each(chatWithOpenssl), untrusted: /unable to (?:get local issuer|verify)|self.signed/ },
  { name: 'Node', chat: each(chatWithNode), untrusted: /UNABLE_TO_(?:GET_ISSUER|VERIFY)|SELF_SIGNED/ },
  { name: 'Chromium', chat: chatWithChromium, untrusted: /ERR_CERT_AUTHORITY_INVALID/ },
  {
    name: 'Firefox',
    chat: chatWithFirefox,
    untrusted: /SEC_ERROR_UNKNOWN_ISSUER/,
    ...(findFirefox() === undefined ? { missing: 'there is no Firefox 153 or newer' } : {}),
  },
]

/** The body of a chat in OpenAI's format, with a streamed answer of so many words. */
export function chatBody(words = 3): string {
  const messages = [{ role: 'user', content: `${PROMPT} ${words} words` }]
  return JSON.stringify({ model: 'home', stream: true, messages })
}

/** curl's arguments for a chat; `words` is the length of the answer. */
export function curlChat(home: Home, url: string, words?: number): string[] {
  const headers = ['-H', `Authorization: Bearer ${home.secret}`, '-H', 'Content-Type: application/json']
  return ['curl', '-sS', '-N', '--cacert', home.authorityFile, ...headers, '-d', chatBody(words), url + PATH]
}

function each(chat: (home: Home, url: string) => Promise<Outcome>): Client['chat'] {
  return (home, urls) => Promise.all(urls.map((url) => chat(home, url)))
}

async function chatWithCurl(home: Home, url: string): Promise<Outcome> {
  return outcomeOf(await home.laptop.run(curlChat(home, url)))
}

async function chatWithOpenssl(home: Home, url: string): Promise<Outcome> {
  const { hostname, host } = new URL(url)
  const name = /^[\d.]+$|^\[/.test(hostname)
    ? ['-verify_ip', hostname.replace(/[[\]]/g, '')]
    : ['-verify_hostname', hostname, '-servername', hostname]
  const body = chatBody()
  const lines = [
    `POST ${PATH} HTTP/1.1`,
    `Host: ${host}`,
    `Authorization: Bearer ${home.secret}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ]
  const check = ['-CAfile', home.authorityFile, '-verify_return_error', ...name]
  const input = `${lines.join('\r\n')}\r\n\r\n${body}`
  return outcomeOf(await home.laptop.run(['openssl', 's_client', '-connect', host, '-quiet', ...check], { input }))
}

async function chatWithNode(home: Home, url: string): Promise<Outcome> {
  const env = { ...process.env, OPENAI_API_KEY: home.secret, NODE_EXTRA_CA_CERTS: home.authorityFile }
  return outcomeOf(await home.laptop.run([process.execPath, OPENAI, `${url}/v1`, chatBody()], { env }))
}

async function chatWithChromium(home: Home, urls: readonly string[]): Promise<Outcome[]> {
  const browser = await chromiumIn(home.laptop, home, home.authorityFile)
  try {
    return await Promise.all(urls.map((url) => chatInChromium(browser, home, url)))
  } finally {
    await browser.close()
  }
}

/** A Chromium that runs in a host, where this file is a trusted authority, if there is one. */
export async function chromiumIn(host: LanHost, home: Home, authority?: string): Promise<Browser> {
  const profile = join(home.dir, `chromium-${host.name}${authority === undefined ? '' : '-trusting'}`)
  if (authority !== undefined) await trustInNss(join(profile, '.pki/nssdb'), authority)
  await servePage(host)
  return launchChromiumIn(host, profile)
}

/** Opens a page of that host and asks from it. */
export async function chatInChromium(browser: Browser | BrowserContext, home: Home, url: string): Promise<Outcome> {
  const page = await browser.newPage()
  // The page gets only “Failed to fetch”, but the browser knows why.
  const failures: string[] = []
  page.on('requestfailed', (request) => failures.push(request.failure()?.errorText ?? ''))
  await page.goto(PAGE)
  const answer = await page.evaluate(chatFromPage, { url: url + PATH, secret: home.secret, body: chatBody() })
  await page.close()
  return answer === undefined ? { refusal: failures.join() } : { answer }
}

async function chatWithFirefox(home: Home, urls: readonly string[]): Promise<Outcome[]> {
  const profile = join(home.dir, 'firefox')
  await trustInNss(profile, home.authorityFile)
  await servePage(home.laptop)
  const env = { ...process.env, HOME: home.dir, LATCHKEY_KEY: home.secret }
  const asked = urls.map((url) => url + PATH)
  const { code, stdout, stderr } = await home.laptop.run(
    [process.execPath, FIREFOX, profile, PAGE, chatBody(), ...asked],
    { env },
  )
  if (code !== 0) throw new Error(`Firefox failed: ${stderr}`)
  return JSON.parse(stdout) as Outcome[]
}

function outcomeOf({ code, stdout, stderr }: Ended): Outcome {
  return code === 0 ? { answer: stdout } : { refusal: stderr }
}

const served = new WeakSet<LanHost>()

/** An empty page on the host's own loopback, as an app that is installed there could have it. */
async function servePage(host: LanHost): Promise<void> {
  if (served.has(host)) return
  served.add(host)
  const script = `require('node:http')
    .createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end('<!doctype html><title>App</title>'))
    .listen(${new URL(PAGE).port}, '127.0.0.1', () => console.log('ready'))`
  await firstLine(host, [process.execPath, '-e', script])
}

// Runs in the page.
async function chatFromPage({ url, secret, body }: { url: string; secret: string; body: string }) {
  const headers = { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined)
  return answer?.text()
}
