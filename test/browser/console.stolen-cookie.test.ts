import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Browser, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchForPages } from '../support/chromium.ts'
import { askFrom, freshLink, goTo, openConsole } from '../support/console-page.ts'
import { type PageServer, startPageServer } from '../support/page-server.ts'
import { type Serve, startServe } from '../support/serve.ts'

/** All that a person has at the console: state, keys, events, files to download, settings, backups. */
const READS = [
  '/api/state',
  '/api/keys',
  '/api/origins',
  '/api/exchanges',
  '/api/usage?period=day&by=key',
  '/api/audit',
  '/api/setup',
  '/api/settings',
  '/api/backups',
  '/api/diagnostics',
  '/api/network',
  '/api/events',
  '/api/export/usage?period=day&by=key&format=csv',
  '/api/export/exchanges?format=json',
]
const NEW_KEY = JSON.stringify({ name: 'Stolen', scopes: ['all'] })

let browser: Browser
let serve: Serve
let thief: PageServer
let page: Page
let consoleUrl: string

beforeAll(async () => {
  browser = await launchForPages()
  serve = await startServe()
  await serve.createKey({ name: 'Mine' })
  consoleUrl = new URL('/', serve.console).href
  thief = await startPageServer()
})
afterAll(async () => {
  await browser?.close()
  await thief?.close()
  await serve?.stop()
})

beforeEach(async () => {
  page = await openConsole(browser, await freshLink(serve))
})
afterEach(() => page?.context().close())

/** A request by a program, which can send any header, unlike a page in a browser. */
function send(path: string, headers: Record<string, string>, { method = 'GET', body = '' } = {}) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const { hostname, port } = new URL(consoleUrl)
    request({ hostname, port, path, method, headers }, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject)
    })
      .on('error', reject)
      .end(body)
  })
}

describe('another server on this computer', () => {
  /** The person looks at a page of the other server, to which the browser brings the console's cookie along. */
  async function stealCookie(): Promise<string> {
    const visit = await page.context().newPage()
    await visit.goto(`http://127.0.0.1:${thief.port}/`)
    const { cookie = '' } = thief.heard.at(-1) ?? {}
    expect(cookie).toMatch(/latchkey_[0-9a-f]{8}=[\w-]{43}/)
    return cookie
  }

  it('gets the cookie, and opens nothing with it', async () => {
    const cookie = await stealCookie()
    const disguise = { cookie, 'sec-fetch-site': 'same-origin', referer: consoleUrl, accept: '*/*' }
    for (const path of READS) {
      const { status, body } = await send(path, disguise)
      expect([path, status]).toEqual([path, 401])
      expect(body).toContain('session_missing')
      expect(body).not.toContain('Mine')
    }
    const json = { ...disguise, origin: new URL(consoleUrl).origin, 'content-type': 'application/json' }
    expect((await send('/api/keys', json, { method: 'POST', body: NEW_KEY })).status).toBe(401)
    expect((await send('/api/settings', json, { method: 'PATCH', body: '{"paused":true}' })).status).toBe(401)
    expect((await serve.call('GET /api/keys', {})).map(({ name }) => name)).toEqual(['Mine'])
    // The person's own page still works.
    expect((await askFrom(page, '/api/state')).status).toBe(200)
  })

  it('has a page that neither reads what the console keeps nor gets an answer from it', async () => {
    const visit = await page.context().newPage()
    await visit.goto(`http://127.0.0.1:${thief.port}/`)
    expect(await visit.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)])).toEqual([])
    for (const path of ['/', '/api/keys']) {
      const seen = await visit.evaluate(
        (url) => fetch(url, { credentials: 'include' }).then((answer) => answer.text(), String),
        new URL(path, consoleUrl).href,
      )
      expect(seen).toBe('TypeError: Failed to fetch')
    }
  })

  it('plants a cookie of its own, which lets nobody in and shuts nobody out for good', async () => {
    const [name = ''] = (await stealCookie()).split('=')
    await page.context().addCookies([{ name, value: 'planted', domain: '127.0.0.1', path: '/', sameSite: 'Strict' }])
    expect((await askFrom(page, '/api/state')).status).toBe(401)
    expect((await send('/api/state', { cookie: `${name}=planted` })).status).toBe(401)
    await page.goto(await freshLink(serve))
    await expect.poll(async () => (await askFrom(page, '/api/state')).status).toBe(200)
  })
})

describe('the person', () => {
  it('stays in over a reload and in a new tab, and sees the secret in no address', async () => {
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    const addresses: string[] = []
    const tab = await page.context().newPage()
    tab.on('request', (asked) => addresses.push(asked.url(), asked.headers()['referer'] ?? ''))
    await tab.goto(consoleUrl)
    await tab.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    await goTo(tab, '/keys', 'Keys')
    const secret = await tab.evaluate(() => localStorage.getItem('latchkey-session') ?? '')
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(addresses.filter((address) => address.includes(secret))).toEqual([])
    expect(serve.stderr()).not.toContain(secret)
  })

  it('stays in where the browser lets pages keep nothing, until the page is left', async () => {
    const context = await browser.newContext()
    await context.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('denied', 'SecurityError')
        },
      })
    })
    const tab = await context.newPage()
    await tab.goto(await freshLink(serve))
    await tab.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    await tab.reload()
    await tab.getByRole('heading', { name: 'Open the link that Latchkey printed' }).waitFor()
    await context.close()
  })

  it('is asked for a link once the browser has let go of the cookie, or of the secret', async () => {
    await page.evaluate(() => localStorage.removeItem('latchkey-session'))
    await page.reload()
    await page.getByRole('heading', { name: 'Open the link that Latchkey printed' }).waitFor()
    await page.goto(await freshLink(serve))
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    await page.context().clearCookies()
    await page.reload()
    await page.getByRole('heading', { name: 'Open the link that Latchkey printed' }).waitFor()
  })
})
