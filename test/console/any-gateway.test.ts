import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SESSION_HEADER, SESSION_PATH } from '#shared/console-api/console-session.ts'
import { Authenticator } from '../support/authenticator.ts'
import { ask } from '../support/console-server.ts'
import { freePort } from '../support/free-port.ts'
import { type PostgresServer, startPostgres, whyNoPostgres, withClient } from '../support/postgres.ts'
import {
  CLIENT_ID,
  CLIENT_SECRET,
  PAGE_ORIGIN,
  startOpenIdProvider,
  type TestProvider,
} from '../support/providers/openid-provider.ts'
import { type StartedApp, startApp } from './started-app.ts'

// A balancer may send each request of a browser to another gateway.

const reason = whyNoPostgres()
if (reason !== undefined) console.warn(`any gateway: skipped, because ${reason}`)

const GATEWAYS = 3
const NAME = new URL(PAGE_ORIGIN).host
/** The headers that a balancer sets. */
const FORWARDED = ['X-Forwarded-For: 203.0.113.9', 'X-Forwarded-Proto: https', `X-Forwarded-Host: ${NAME}`]

/** What the answer of a passkey's options has. */
interface Begun {
  readonly flow: string
  readonly options: Record<string, unknown>
}

describe.skipIf(reason !== undefined)('any gateway on one database', () => {
  let server: PostgresServer
  let openId: TestProvider
  let database: string
  let gateways: StartedApp[]
  let ports: number[]
  beforeAll(async () => {
    server = await startPostgres()
    openId = await startOpenIdProvider()
  })
  afterAll(async () => {
    await openId.close()
    await server.remove()
  })
  beforeEach(async () => {
    database = await server.createDatabase()
    const provider = { id: 'work', name: 'Work', preset: 'other', issuer: openId.issuer, clientId: CLIENT_ID }
    const settings = JSON.stringify({ consoleUrl: PAGE_ORIGIN, providers: [provider] })
    gateways = await Promise.all(Array.from({ length: GATEWAYS }, () => startApp({ database, settings })))
    ports = []
    for (const gateway of gateways) {
      await gateway.call('PUT /api/providers/:id/secret', { secret: CLIENT_SECRET }, 'work')
      const port = await freePort()
      await gateway.app.openConsole({ port, behindProxy: ['127.0.0.1'] })
      ports.push(port)
    }
  })
  afterEach(async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop()))
  })

  /** A browser, none of whose requests reaches the gateway of the one before. */
  class Browser {
    readonly #cookies = new Map<string, string>()
    #secret = ''
    #turn = 0

    async ask(method: string, path: string, body?: object) {
      const cookie = Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join('; ')
      const port = ports[this.#turn++ % ports.length] ?? 0
      const answer = await ask(port, {
        method,
        path,
        host: NAME,
        lines: [
          ...FORWARDED,
          `Origin: ${PAGE_ORIGIN}`,
          'Content-Type: application/json',
          ...(cookie === '' ? [] : [`Cookie: ${cookie}`]),
          ...(this.#secret === '' ? [] : [`${SESSION_HEADER}: ${this.#secret}`]),
        ],
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      this.#keep(answer.headers.get('set-cookie') ?? '')
      this.#secret = answer.headers.get(SESSION_HEADER.toLowerCase()) ?? this.#secret
      return answer
    }

    async json<T>(method: string, path: string, body?: object): Promise<T> {
      const answer = await this.ask(method, path, body)
      expect([path, answer.status, answer.body]).toEqual([path, 200, answer.body])
      return JSON.parse(answer.body) as T
    }

    /** The next request goes to the gateway after that one. */
    skip(): void {
      this.#turn += 1
    }

    #keep(header: string): void {
      const [, name, value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? []
      if (name === undefined) return
      if (value === '') this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
  }

  async function invite(): Promise<string> {
    const { code } = (await gateways[0]?.call('POST /api/invitations', { role: 'member' })) ?? { code: '' }
    return code
  }

  async function joinWithPasskey(phone: Authenticator, browser = new Browser()): Promise<Browser> {
    const code = await invite()
    await browser.json('POST', '/api/join/look', { code })
    const { flow, options } = await browser.json<Begun>('POST', '/api/join/passkey/options', { code, name: 'Ada' })
    const proof = { flow, passkey: phone.create(options, PAGE_ORIGIN), passkeyName: 'Phone' }
    await browser.json('POST', '/api/join', { code, name: 'Ada', proof })
    return browser
  }

  test('takes part in joining with a passkey, adding one and signing in with it', async () => {
    const [phone, laptop] = [new Authenticator(), new Authenticator()]
    const browser = await joinWithPasskey(phone)
    expect(await browser.json('GET', '/api/me')).toMatchObject({ name: 'Ada' })
    const begun = await browser.json<Begun>('POST', '/api/me/passkeys/options', {})
    const passkey = laptop.create(begun.options, PAGE_ORIGIN)
    await browser.json('POST', '/api/me/passkeys', { flow: begun.flow, passkey, name: 'Laptop' })
    const { credentials } = await browser.json<{ credentials: { name: string }[] }>('GET', '/api/me')
    expect(credentials.map(({ name }) => name).sort()).toEqual(['Laptop', 'Phone'])
    await browser.json('POST', '/api/me/sign-out', {})
    expect((await browser.ask('GET', '/api/me')).status).toBe(401)
    for (const device of [phone, laptop, phone]) {
      const { flow, options } = await browser.json<Begun>('POST', '/api/sign-in/passkey/options', {})
      await browser.json('POST', '/api/sign-in/passkey', { flow, passkey: device.get(options, PAGE_ORIGIN) })
      expect(await browser.json('GET', '/api/me')).toMatchObject({ name: 'Ada' })
    }
  })

  test('takes part in the way to a provider and back', async () => {
    const browser = new Browser()
    for (let round = 0; round < GATEWAYS; round++) {
      const code = round === 0 ? await invite() : null
      const { url } = await browser.json<{ url: string }>('POST', '/api/sign-in/provider', { provider: 'work', code })
      const back = await openId.walk(url)
      const returned = await browser.ask('GET', `${back.pathname}${back.search}`)
      const [, token] = /#token=(.+)$/.exec(returned.headers.get('location') ?? '') ?? []
      expect((await browser.ask('POST', SESSION_PATH, { token })).status).toBe(204)
      expect(await browser.json('GET', '/api/me')).toMatchObject({ name: 'Anna' })
      // In the next round the same step is at another gateway.
      browser.skip()
    }
    expect((await gateways[1]?.call('GET /api/people', {}))?.map(({ name }) => name)).toEqual(['Owner', 'Anna'])
  })

  test('that is asked at once with one answer lets it in once', async () => {
    const phone = new Authenticator()
    await joinWithPasskey(phone)
    for (let round = 0; round < 5; round++) {
      const { flow, options } = await new Browser().json<Begun>('POST', '/api/sign-in/passkey/options', {})
      // Passkeys that do not count can be copied: only the flow tells that an answer is an old one.
      const passkey = phone.get(options, PAGE_ORIGIN, { counter: 0 })
      const browsers = Array.from({ length: GATEWAYS }, (_, at) => {
        const browser = new Browser()
        for (let skipped = 0; skipped < at; skipped++) browser.skip()
        return browser
      })
      const answers = await Promise.all(
        browsers.map((browser) => browser.ask('POST', '/api/sign-in/passkey', { flow, passkey })),
      )
      expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1)
    }
  })

  test('finishes what a gateway began that has ended meanwhile', async () => {
    const phone = new Authenticator()
    await joinWithPasskey(phone)
    const browser = new Browser()
    const { flow, options } = await browser.json<Begun>('POST', '/api/sign-in/passkey/options', {})
    const { url } = await new Browser().json<{ url: string }>('POST', '/api/sign-in/provider', {
      provider: 'work',
      code: null,
    })
    expect(url).toContain('state=')
    await gateways.shift()?.stop()
    ports.shift()
    await browser.json('POST', '/api/sign-in/passkey', { flow, passkey: phone.get(options, PAGE_ORIGIN) })
    expect(await browser.json('GET', '/api/me')).toMatchObject({ name: 'Ada' })
  })

  test('writes nothing until somebody answers, and keeps no key for longer than needed', async () => {
    await joinWithPasskey(new Authenticator())
    const count = (sql: string) =>
      withClient(database, async (client) => (await client.query<{ n: number }>(sql)).rows[0]?.n)
    const used = () => count('SELECT COUNT(*)::int AS n FROM latchkey.used_flows')
    const before = await used()
    for (let at = 0; at < 20; at++) await new Browser().json('POST', '/api/sign-in/passkey/options', {})
    expect(await used()).toBe(before)
    await withClient(database, (client) =>
      client.query(
        `INSERT INTO latchkey.flow_keys VALUES (1, '\\x00'); INSERT INTO latchkey.used_flows VALUES ('old', 1)`,
      ),
    )
    await gateways[0]?.stop()
    const settings = JSON.stringify({ consoleUrl: PAGE_ORIGIN, registration: 'open' })
    const late = await startApp({ database, settings })
    gateways[0] = late
    const port = await freePort()
    await late.app.openConsole({ port, behindProxy: ['127.0.0.1'] })
    ports[0] = port
    await new Browser().json('POST', '/api/sign-in/passkey/options', {})
    await joinWithPasskey(new Authenticator())
    expect(await count('SELECT COUNT(*)::int AS n FROM latchkey.flow_keys')).toBe(1)
    expect(await count(`SELECT COUNT(*)::int AS n FROM latchkey.used_flows WHERE id = 'old'`)).toBe(0)
  })
})
