import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { REFUSALS } from '#shared/gateway/refusal-table.ts'
import { isLasting, type RefusalCode, sentenceOf } from '#shared/gateway/refusals.ts'
import type { NewKeyInput } from '#shared/keys/key.ts'
import { type NewPerson, newPersonSchema } from '#shared/people/person.ts'
import { type Certificate, makeCertificate } from '../support/certificates.ts'
import { launchChromium } from '../support/chromium.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { type PageServer, startPageServer } from '../support/page-server.ts'
import { openRaw, type RawConnection } from '../support/raw-http.ts'
import { startRawUpstream } from '../support/raw-upstream.ts'
import { type SpoilingRelay, startSpoilingRelay } from '../support/spoiling-relay.ts'
import { WRONG_SECRET } from '../support/wrong-secret.ts'

const PUBLIC = 'public.example'
const MEBIBYTE = 1024 * 1024

let gateway: TestGateway
let relay: SpoilingRelay
let pages: PageServer
/** A setting makes Chromium treat this address as part of the public web. */
let publicPages: PageServer
let authority: Certificate
let browser: Browser
let page: Page
/** Undone after each test. */
let undo: (() => unknown)[] = []

beforeAll(async () => {
  gateway = await startGateway({ deadlines: { headMs: 300 } })
  authority = await makeCertificate({ isAuthority: true })
  relay = await startSpoilingRelay(gateway.port)
  pages = await startPageServer()
  publicPages = await startPageServer()
  browser = await launchChromium([
    `--host-resolver-rules=MAP ${PUBLIC} 127.0.0.1`,
    `--ip-address-space-overrides=127.0.0.1:${publicPages.port}=public`,
    `--unsafely-treat-insecure-origin-as-secure=http://${PUBLIC}:${publicPages.port}`,
  ])
  page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${pages.port}/`)
})
afterAll(async () => {
  await browser?.close()
  await relay?.close()
  await Promise.all([pages?.close(), publicPages?.close(), gateway?.close()])
})
beforeEach(async () => {
  for (const back of undo.reverse()) await back()
  undo = []
  await expect.poll(() => gateway.gateway.running).toBe(0)
  gateway.received.length = 0
})

interface Asked {
  path?: string
  method?: string
  key?: string
  headers?: Record<string, string>
  /** null: none. */
  body?: string | null
  bodyBytes?: number
  /** By way of the relay. */
  spoil?: (request: string) => string
}
/** The body has the same code and retry advice as the headers. */
type Seen = { status: number; text: string; code: string | null; again: string | null } | { failed: string }

/** By `fetch` in a page; its headers need a preflight in any case. */
function ask(asked: Asked): Promise<Seen> {
  const { path = '/api/chat', method = 'POST', key = '', headers = {}, body = CHAT, bodyBytes = 0, spoil } = asked
  if (spoil !== undefined) relay.spoil = spoil
  const url = `http://127.0.0.1:${spoil === undefined ? gateway.port : relay.port}${path}`
  const all = { 'content-type': 'application/json', ...(key === '' ? {} : { 'x-api-key': key }), ...headers }
  return page.evaluate(
    async ({ url, method, all, body, bodyBytes }) => {
      try {
        const sent = bodyBytes > 0 ? new Blob([new Uint8Array(bodyBytes)]) : method === 'GET' ? null : body
        const response = await fetch(url, { method, headers: all, body: sent })
        const [code = null, again = null] = ['latchkey-refusal', 'x-should-retry'].map((name) =>
          response.headers.get(name),
        )
        return { status: response.status, text: await response.text(), code, again }
      } catch (error) {
        return { failed: (error as Error).message }
      }
    },
    { url, method, all, body, bodyBytes },
  )
}

const isSlowedDown = (seen: Seen) => 'code' in seen && seen.code === 'slow_down'
const CHAT = '{"model":"sample-small","messages":[{"role":"user","content":"hello"}],"stream":false}'
const secretOf = async (choices: Partial<NewKeyInput> = {}) => (await gateway.createKey(choices)).secret
const withKey = async (asked: Asked = {}, choices: Partial<NewKeyInput> = {}) =>
  ask({ ...asked, key: await secretOf(choices) })
const secretOfPerson = async (choices: Partial<NewPerson>) => {
  const { id } = await gateway.people.create(newPersonSchema.parse({ name: 'Anna', ...choices }))
  return secretOf({ person: id })
}
async function ofPerson(choices: Partial<NewPerson>, then?: (id: string) => Promise<unknown>): Promise<Seen> {
  const { id } = await gateway.people.create(newPersonSchema.parse({ name: 'Anna', ...choices }))
  const key = await secretOf({ person: id })
  await then?.(id)
  return ask({ key })
}
/** A part of the day that begins in an hour. */
function hourLater(): string {
  const hour = (new Date().getHours() + 1) % 24
  return [hour, (hour + 1) % 24].map((one) => `${String(one).padStart(2, '0')}:00`).join('-')
}
const LISTED = { models: ['sample-small'] }

function withSettings(changes: Partial<TestGateway['settings']>): void {
  const before = { ...gateway.settings }
  Object.assign(gateway.settings, changes)
  undo.push(() => Object.assign(gateway.settings, before))
}

async function behind(answer: Parameters<typeof startRawUpstream>[0]): Promise<Seen> {
  const upstream = await startRawUpstream(answer)
  undo.push(() => upstream.close())
  withSettings({ upstream: upstream.url })
  return withKey()
}

/** An upstream that speaks TLS, with a certificate of an authority that the gateway trusts or does not. */
async function behindTls(made: Parameters<typeof makeCertificate>[0], { trusted = true, scheme = 'https' } = {}) {
  const server = createTlsServer(await makeCertificate({ by: authority, ...made }), (socket) => socket.destroy())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  undo.push(() => server.close())
  const { port } = server.address() as AddressInfo
  withSettings({
    upstream: `${scheme}://127.0.0.1:${port}`,
    upstreamCertificate: trusted ? authority.cert : null,
  })
  return withKey()
}

const answering = (status: string, body: string, more = '') => {
  const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\n${more}Content-Length: ${body.length}\r\n\r\n`
  return (socket: Socket) => void socket.end(head + body)
}

/** Someone else's request with the same key, whose body does not come to its end. */
async function holdOpen(key: string, bytes: number, path = '/api/chat'): Promise<RawConnection> {
  const connection = await openRaw(gateway.port)
  undo.push(() => connection.close())
  connection.send(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${key}\r\nContent-Length: ${bytes}\r\n\r\n`)
  return connection
}

/** How a page gets each refusal; a text says why none can. */
const WAYS: Record<RefusalCode, (() => Promise<Seen>) | string> = {
  bad_request: () => withKey({ spoil: (request) => request.replace('\r\n', '\r\nX-One : a\r\n') }),
  bad_path: () => withKey({ path: '/api//chat' }),
  bad_query: () => withKey({ path: '/latchkey/usage?period=now', method: 'GET' }),
  bad_body: () => withKey({ body: '{' }, LISTED),
  ambiguous_model: () => withKey({ body: '{"model":"a","MODEL":"b"}' }, LISTED),
  model_too_long: () => withKey({ body: JSON.stringify({ model: 'a'.repeat(10_000) }) }, LISTED),
  origin_too_long: 'a browser sends no such Origin',
  credentials_conflict: async () => withKey({ headers: { 'api-key': await secretOf() } }),
  header_repeated: () => withKey({ spoil: (request) => request.replace('\r\n', '\r\nx-api-key: another\r\n') }),
  not_a_proxy: 'a foreign host',
  too_many_headers: () =>
    withKey({ headers: Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`x-${at}`, 'a'])) }),
  target_too_long: () => withKey({ path: `/api/${'a'.repeat(9_000)}` }),
  request_timeout: 'a browser sends the head of a request at once',
  method_not_allowed: () => withKey({ method: 'PURGE' }),
  wrong_address: () => withKey({ path: '/v1/v1/chat/completions' }),
  body_too_large: () => withKey({ bodyBytes: 65 * MEBIBYTE }, LISTED),
  not_implemented: () => withKey({ spoil: (request) => request.replace('\r\n', '\r\nUpgrade: websocket\r\n') }),
  host_not_allowed: 'a foreign host',
  origin_blocked: 'a blocked origin',
  key_missing: () => ask({}),
  key_in_query: () => ask({ path: `/api/chat?key=${WRONG_SECRET}` }),
  key_misplaced: () => ask({ path: `/api/${WRONG_SECRET}/chat` }),
  key_in_url: async () => ask({ path: `/k/${await secretOf()}/api/chat` }),
  key_malformed: () => ask({ key: 'sk-lk-mistyped' }),
  key_unknown: () => ask({ key: WRONG_SECRET }),
  key_disabled: async () => {
    const { id, secret } = await gateway.createKey()
    await gateway.access.keys.update(id, { enabled: false })
    return ask({ key: secret })
  },
  key_expired: () => withKey({}, { expiresAt: Date.now() - 1 }),
  other_app: () => withKey({}, { app: 'chatbox' }),
  scope_missing: () => withKey({}, { scopes: ['models'] }),
  endpoint_not_allowed: () => withKey({}, { endpoints: ['/api/tags'] }),
  origin_not_allowed: () => withKey({}, { origins: ['https://other.example'] }),
  origin_not_approved: async () => {
    await gateway.access.origins.forget(`http://127.0.0.1:${pages.port}`)
    withSettings({ unknownOrigins: 'ask' })
    undo.push(() => gateway.access.origins.forget(`http://127.0.0.1:${pages.port}`))
    return withKey()
  },
  model_not_allowed: () => withKey({}, { models: ['another'] }),
  person_paused: () => ofPerson({}, (id) => gateway.people.change(id, { state: 'paused' })),
  person_hours: () => ofPerson({ hours: [hourLater()] }),
  person_not_allowed: () => ofPerson({ models: ['another'] }),
  stays_local: () => withKey({ body: CHAT.replace('sample-small', 'sample:cloud') }, { online: false }),
  rate_limited: async () => {
    const key = await secretOf({ requestsPerMinute: 1 })
    await ask({ key })
    return ask({ key })
  },
  budget_spent: async () => {
    const key = await secretOf({ tokensPerDay: 1 })
    await ask({ key })
    return ask({ key })
  },
  budget_reserved: async () => {
    const upstream = await startRawUpstream(() => undefined)
    undo.push(() => upstream.close())
    withSettings({ upstream: upstream.url })
    const key = await secretOf({ tokensPerDay: 1 })
    const running = await holdOpen(key, CHAT.length)
    running.send(CHAT)
    await expect.poll(() => upstream.heard).toHaveLength(1)
    return ask({ key })
  },
  too_many_at_once: async () => {
    const key = await secretOf({ concurrency: 1 })
    await holdOpen(key, 10)
    await expect.poll(() => gateway.gateway.running).toBe(1)
    return ask({ key })
  },
  person_rate_limited: async () => {
    const key = await secretOfPerson({ requestsPerMinute: 1 })
    await ask({ key })
    return ask({ key })
  },
  person_budget_spent: async () => {
    const key = await secretOfPerson({ tokensPerDay: 1 })
    await ask({ key })
    return ask({ key })
  },
  person_budget_reserved: async () => {
    const upstream = await startRawUpstream(() => undefined)
    undo.push(() => upstream.close())
    withSettings({ upstream: upstream.url })
    const key = await secretOfPerson({ tokensPerDay: 1 })
    const running = await holdOpen(key, CHAT.length)
    running.send(CHAT)
    await expect.poll(() => upstream.heard).toHaveLength(1)
    return ask({ key })
  },
  person_too_many_at_once: async () => {
    const key = await secretOfPerson({ concurrency: 1 })
    await holdOpen(key, 10)
    await expect.poll(() => gateway.gateway.running).toBe(1)
    return ask({ key })
  },
  slow_down: async () => {
    // Each guess after a wait doubles the wait, so that it outlasts the pace of any machine.
    let seen = await ask({ key: 'guess' })
    for (let guess = 0; guess < 60 && !isSlowedDown(seen); guess++) seen = await ask({ key: `guess-${guess}` })
    return seen
  },
  pairing_origin: () => ask({ path: '/latchkey/authorize', method: 'GET' }),
  pairing_busy: async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const asked = { path: '/latchkey/device_authorization', headers: form, body: 'client_id=an-app' }
    for (let time = 0; time < 5; time++) await ask(asked)
    return ask(asked)
  },
  gateway_paused: () => {
    withSettings({ paused: true })
    return withKey()
  },
  database_away: () => {
    withSettings({ databaseAway: true })
    return withKey()
  },
  gateway_busy: async () => {
    const key = await secretOf(LISTED)
    for (let one = 0; one < 2; one++) {
      const held = await holdOpen(key, 64 * MEBIBYTE)
      held.socket.write(Buffer.alloc(60 * MEBIBYTE, ' '))
      await new Promise((resolve) => held.socket.once('drain', resolve))
    }
    // More than what may still be on its way.
    return ask({ key, bodyBytes: 40 * MEBIBYTE })
  },
  internal_error: () => {
    const { authorise } = gateway.access
    undo.push(() => Object.assign(gateway.access, { authorise }))
    Object.assign(gateway.access, {
      authorise: () => {
        throw new Error('a fault of ours')
      },
    })
    return withKey()
  },
  upstream_unreachable: () => {
    withSettings({ upstream: 'http://127.0.0.1:9' })
    return withKey()
  },
  upstream_broke: () => behind((socket) => socket.resetAndDestroy()),
  upstream_timeout: () => behind((socket) => void socket.write('HTTP/1.1 200')),
  upstream_needs_tls: () => behindTls({}, { scheme: 'http' }),
  upstream_not_tls: async () => {
    const upstream = await startRawUpstream(answering('200 OK', '{}'))
    undo.push(() => upstream.close())
    withSettings({ upstream: upstream.url.replace('http:', 'https:') })
    return withKey()
  },
  upstream_untrusted: () => behindTls({}, { trusted: false }),
  upstream_wrong_name: () => behindTls({ hosts: ['other.example'], addresses: [] }),
  upstream_expired: () => behindTls({ from: -10, until: -1 }),
  upstream_tls_failed: async () => {
    const upstream = await startRawUpstream((socket) => void socket.end())
    undo.push(() => upstream.close())
    withSettings({ upstream: upstream.url.replace('http:', 'https:') })
    return withKey()
  },
  upstream_not_ollama: async () => {
    await behind(answering('200 OK', '{}'))
    return ask({ path: '/', method: 'GET' })
  },
  upstream_failing: async () => {
    await behind(answering('502 Bad Gateway', '{}'))
    return ask({ path: '/', method: 'GET' })
  },
  upstream_wants_key: () => behind(answering('401 Unauthorized', '{}')),
  upstream_refuses_key: () => {
    withSettings({ upstreamCredential: 'Bearer wrong' })
    return behind(answering('401 Unauthorized', '{}'))
  },
  upstream_signed_out: () => behind(answering('401 Unauthorized', '{"signin_url":"https://ollama.com/connect"}')),
  upstream_unreadable: async () => {
    const upstream = await startRawUpstream(answering('200 OK', 'x', 'Content-Encoding: unknown\r\n'))
    undo.push(() => upstream.close())
    withSettings({ upstream: upstream.url })
    return withKey({ path: '/api/tags', method: 'GET' }, LISTED)
  },
  upstream_invalid: () => behind((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n{}')),
}

const again = (code: RefusalCode) => (isLasting(code) ? 'false' : null)

describe('a page that needs a preflight can read the refusal', () => {
  const ways = Object.entries(WAYS).filter(([, way]) => typeof way === 'function')
  it.each(ways)('%s', async (code, way) => {
    const seen = await (way as () => Promise<Seen>)()
    const { text } = seen as { text: string }
    const opening = REFUSALS[code as RefusalCode].sentence.split('{', 1)[0] ?? ''
    expect(seen).toMatchObject({ status: expect.any(Number) as number, code, again: again(code as RefusalCode) })
    expect(text).toContain(JSON.stringify(opening).slice(1, -1))
  })

  it('of a header of 40 KB as well, which is not even read', async () => {
    const seen = await withKey({ headers: { 'x-long': 'a'.repeat(40_000) } })
    expect(seen).toMatchObject({ status: 431, text: expect.stringContaining(sentenceOf('too_many_headers')) })
  })

  it('but not of a blocked origin, nor of a foreign host', async () => {
    const origin = `http://127.0.0.1:${pages.port}`
    await gateway.access.origins.decide(origin, 'blocked')
    undo.push(() => gateway.access.origins.decide(origin, 'allowed'))
    expect(await withKey()).toEqual({ failed: 'Failed to fetch' })
    expect(await withKey({ headers: { 'x-long': 'a'.repeat(40_000) } })).toEqual({ failed: 'Failed to fetch' })
    await gateway.access.origins.decide(origin, 'allowed')
    const foreign = (request: string) => request.replace(/Host: \S+/, 'Host: evil.example')
    expect(await withKey({ spoil: foreign })).toEqual({ failed: 'Failed to fetch' })
  })
})

describe('an address that reaches this computer without being named loopback', () => {
  const names = ['0.0.0.0', '[::]', '[::ffff:127.0.0.1]']

  it.each(names)('%s: no page reaches anything by it, local or public', async (name) => {
    const key = await secretOf()
    for (const home of [`http://127.0.0.1:${pages.port}`, `http://${PUBLIC}:${publicPages.port}`]) {
      const other = await browser.newPage()
      await other.goto(home)
      const seen = await other.evaluate(
        async ({ base, key }) => {
          const tried = [
            fetch(`${base}/api/tags`, { headers: { 'x-api-key': key } }),
            fetch(`${base}/healthz`),
            fetch(`${base}/api/chat`, { method: 'POST', body: '{"model":"sample-small"}' }),
          ]
          return (await Promise.allSettled(tried)).map(({ status }) => status)
        },
        { base: `http://${name}:${gateway.port}`, key },
      )
      expect([home, seen]).toEqual([home, ['rejected', 'rejected', 'rejected']])
      await other.close()
    }
    expect(gateway.received.filter(({ method, url }) => method !== 'GET' || url !== '/')).toEqual([])
  })
})
