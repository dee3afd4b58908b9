import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AppEvent } from '#shared/console-api/events.ts'
import { OWNER_ID } from '#shared/people/person-id.ts'
import { ask, type Sent } from '../support/console-server.ts'
import { heldFrom, sessionLines } from '../support/console-session.ts'
import { freePort } from '../support/free-port.ts'
import { type PostgresServer, startPostgres, whyNoPostgres, withClient } from '../support/postgres.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { type StartedApp, startApp } from './started-app.ts'

const reason = whyNoPostgres()
if (reason !== undefined) console.warn(`two gateways: skipped, because ${reason}`)

const NAME = 'latchkey.example'
/** The headers that a balancer sets. */
const FORWARDED = ['X-Forwarded-For: 203.0.113.9', 'X-Forwarded-Proto: https', `X-Forwarded-Host: ${NAME}`]
const JSON_LINES = ['Content-Type: application/json', `Origin: https://${NAME}`]

describe.skipIf(reason !== undefined)('two gateways on one database', () => {
  let server: PostgresServer
  let database: string
  let gateways: StartedApp[]
  let ports: number[]
  let dir: TempDir
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.remove())
  beforeEach(async () => {
    database = await server.createDatabase()
    gateways = []
    ports = []
    dir = await createTempDir()
  })
  afterEach(async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop()))
    await dir.remove()
  })

  async function start(count = 2, env: Record<string, string> = {}): Promise<[StartedApp, StartedApp]> {
    const settings = JSON.stringify({ consoleUrl: `https://${NAME}` })
    gateways = await Promise.all(Array.from({ length: count }, () => startApp({ database, settings, env })))
    return gateways as [StartedApp, StartedApp]
  }

  /** The consoles of both, as a balancer reaches them. */
  async function openConsoles(): Promise<void> {
    for (const { app } of gateways) {
      const port = await freePort()
      await app.openConsole({ port, behindProxy: ['127.0.0.1'] })
      ports.push(port)
    }
  }

  const at = (which: 0 | 1, sent: Sent) =>
    ask(ports[which] ?? 0, { ...sent, host: NAME, lines: [...(sent.lines ?? []), ...FORWARDED] })
  const post = (which: 0 | 1, path: string, body: object, lines: readonly string[] = []) =>
    at(which, { method: 'POST', path, body: JSON.stringify(body), lines: [...JSON_LINES, ...lines] })
  const tokenOf = ({ app }: StartedApp) => new URL(app.consoleLink()).hash.replace('#token=', '')

  /** Opens a session at one of them. */
  async function enter(which: 0 | 1, token: string): Promise<string[]> {
    const answer = await post(which, '/session', { token })
    expect(answer.status).toBe(204)
    return sessionLines(heldFrom({ headers: { get: (name) => answer.headers.get(name.toLowerCase()) ?? null } }))
  }

  test('that start at once have one owner, and one key of a file that both have', async () => {
    const row = { name: 'Of the file', sha256: 'ab'.repeat(32), prefix: 'sk-lk-abcdef', person: 'Ada' }
    const file = join(dir.path, 'keys.json')
    await writeFile(file, JSON.stringify({ keys: [row] }), { mode: 0o600 })
    const [one, other] = await start(2, { LATCHKEY_KEYS_FILE: file })
    for (const gateway of [one, other]) {
      const people = await gateway.call('GET /api/people', {})
      expect(people.map(({ name }) => name).sort()).toEqual(['Ada', 'Owner'])
      await until(async () => (await gateway.call('GET /api/keys', {})).length === 1, 'the key of the file')
    }
    const rows = await withClient(database, (client) => client.query('SELECT id FROM latchkey.persons ORDER BY row'))
    expect(rows.rows).toHaveLength(2)
    expect(rows.rows).toContainEqual({ id: OWNER_ID })
  })

  test('that change the same key at the same time both get their way', async () => {
    const [one, other] = await start()
    for (let round = 0; round < 8; round++) {
      const { id } = await one.call('POST /api/keys', { name: `Key ${round}` })
      await until(async () => (await other.call('GET /api/keys', {})).some((key) => key.id === id), 'the key')
      await Promise.all([
        one.call('PATCH /api/keys/:id', { enabled: false }, id),
        other.call('PATCH /api/keys/:id', { name: `Renamed ${round}` }, id),
      ])
      for (const gateway of [one, other]) {
        const seen = async () => (await gateway.call('GET /api/keys', {})).find((key) => key.id === id)
        await until(async () => {
          const key = await seen()
          return key?.enabled === false && key.name === `Renamed ${round}`
        }, 'both changes')
      }
    }
  })

  test('that change the same person at the same time both get their way', async () => {
    const [one, other] = await start()
    const { id } = await one.call('POST /api/people', { name: 'Ada' })
    await until(async () => (await other.call('GET /api/people', {})).some((person) => person.id === id), 'Ada')
    for (let round = 1; round < 6; round++) {
      await Promise.all([
        one.call('PATCH /api/people/:id', { tokensPerDay: round }, id),
        other.call('PATCH /api/people/:id', { concurrency: round }, id),
      ])
      for (const gateway of [one, other]) {
        await until(async () => {
          const ada = (await gateway.call('GET /api/people', {})).find((person) => person.id === id)
          return ada?.tokensPerDay === round && ada.concurrency === round
        }, 'both changes')
      }
    }
  })

  test('decide about the same site at the same time, and then agree', async () => {
    const [one, other] = await start()
    const origin = 'https://example.org'
    await Promise.all([
      one.call('POST /api/origins/decide', { origin, status: 'allowed' }),
      other.call('POST /api/origins/decide', { origin, status: 'blocked' }),
    ])
    const statusAt = async (gateway: StartedApp) => (await gateway.call('GET /api/origins', {}))[0]?.status
    await until(async () => (await statusAt(one)) === (await statusAt(other)), 'one decision')
  })

  test('know a key at once that the other has just made, or given a new secret', async () => {
    const [one, other] = await start()
    const statusAt = async (gateway: StartedApp, secret: string) => {
      const answer = await fetch(`${gateway.gatewayUrl()}/api/tags`, { headers: { Authorization: `Bearer ${secret}` } })
      await answer.body?.cancel()
      return answer.status
    }
    // More than anybody may guess wrong: none of them is a guess.
    for (let round = 0; round < 25; round++) {
      const { id, secret } = await one.call('POST /api/keys', { name: `Key ${round}` })
      expect(await statusAt(other, secret)).toBe(200)
      const rotated = await other.call('POST /api/keys/:id/rotate', {}, id)
      expect(await statusAt(one, rotated.secret)).toBe(200)
    }
    const { secret } = await one.call('POST /api/keys', { name: 'Many' })
    const answers = await Promise.all(Array.from({ length: 50 }, () => statusAt(other, secret)))
    expect(new Set(answers)).toEqual(new Set([200]))
  })

  test('ask once about a key that has reached a limit, and take the answer anywhere', async () => {
    const [one, other] = await start()
    const { id, secret } = await one.call('POST /api/keys', { name: 'Small', requestsPerMinute: 1 })
    await until(async () => (await other.call('GET /api/keys', {})).some((key) => key.id === id), 'the key')
    const use = async (gateway: StartedApp) => {
      const answer = await fetch(`${gateway.gatewayUrl()}/api/tags`, { headers: { Authorization: `Bearer ${secret}` } })
      await answer.body?.cancel()
      return answer.status
    }
    const asked = () =>
      [one, other].flatMap(({ events }) => events).filter(({ type }: AppEvent) => type === 'limit-question').length
    for (const gateway of [one, other]) await until(async () => (await use(gateway)) === 429, 'a refusal')
    await until(() => asked() > 0, 'the question')
    for (const gateway of [one, other, one, other]) await use(gateway)
    for (const gateway of [one, other]) {
      const questions = await gateway.call('GET /api/keys/limit-questions', {})
      expect(questions).toEqual([{ keyId: id, limit: 'requestsPerMinute' }])
    }
    expect(asked()).toBe(1)
    await other.call('PATCH /api/keys/:id', { tokensPerDay: 5 }, id)
    expect(await one.call('GET /api/keys/limit-questions', {})).toHaveLength(1)
    await other.call('PATCH /api/keys/:id', { requestsPerMinute: 1 }, id)
    for (const gateway of [one, other]) expect(await gateway.call('GET /api/keys/limit-questions', {})).toEqual([])
  })

  test('show a change to pages that are open at the other within a second', async () => {
    const [one, other] = await start()
    const since = other.events.length
    const types = () => new Set(other.events.slice(since).map(({ type }: AppEvent) => type))
    const began = performance.now()
    await one.call('POST /api/keys', { name: 'New' })
    await until(() => types().has('keys'), 'the event of the key')
    await one.call('POST /api/people', { name: 'Ada' })
    await until(() => types().has('people'), 'the event of the person')
    await one.call('POST /api/origins/decide', { origin: 'https://example.org', status: 'blocked' })
    await until(() => types().has('origins'), 'the event of the site')
    expect(performance.now() - began).toBeLessThan(3_000)
  })

  test('have one session of a browser, whichever of them answers', async () => {
    const [one, other] = await start()
    await openConsoles()
    const session = await enter(0, tokenOf(one))
    // The next request comes at once, at the gateway that did not open the session.
    const state = await at(1, { path: '/api/state', lines: session })
    expect(state.status).toBe(200)
    expect((await post(0, '/api/keys', { name: 'Balanced' }, session)).status).toBe(200)
    const keys = await at(1, { path: '/api/keys', lines: session })
    expect(JSON.parse(keys.body)).toMatchObject([{ name: 'Balanced' }])
    expect((await post(1, '/api/me/sign-out', {}, session)).status).toBe(200)
    expect((await at(0, { path: '/api/state', lines: session })).status).toBe(401)
    // The owner's link works at whichever gateway the balancer chooses, once.
    const token = tokenOf(other)
    const written = () => withClient(database, (client) => client.query('SELECT FROM latchkey.tokens'))
    await until(async () => (await written()).rowCount === 1, 'the token')
    await enter(0, token)
    for (const which of [0, 1] as const) expect((await post(which, '/session', { token })).status).toBe(401)
  })

  test('let somebody join at one, and sign in at the other at once', async () => {
    const [one] = await start()
    await openConsoles()
    const { code } = await one.call('POST /api/invitations', { role: 'member', name: 'Ada' })
    const join = { code, name: 'Ada', proof: { password: 'correct horse battery staple' } }
    const answers = await Promise.all([post(0, '/api/join', join), post(1, '/api/join', join)])
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1)
    const signIn = { name: 'Ada', password: 'correct horse battery staple' }
    for (const which of [0, 1] as const) expect((await post(which, '/api/sign-in/password', signIn)).status).toBe(200)
    expect((await one.call('GET /api/people', {})).map(({ name }) => name)).toEqual(['Owner', 'Ada'])
  })

  /** Ada, who joined at the first gateway. */
  async function addAda(one: StartedApp): Promise<{ id: string; lines: string[] }> {
    const { code } = await one.call('POST /api/invitations', { role: 'member' })
    const answer = await post(0, '/api/join', {
      code,
      name: 'Ada',
      proof: { password: 'correct horse battery staple' },
    })
    const lines = sessionLines(heldFrom({ headers: { get: (name) => answer.headers.get(name.toLowerCase()) ?? null } }))
    const ada = (await one.call('GET /api/people', {})).find(({ name }) => name === 'Ada')
    return { id: ada?.id ?? '', lines }
  }

  test('let a person in again at one, once, and end their sessions at both', async () => {
    const [one] = await start()
    await openConsoles()
    const { id, lines } = await addAda(one)
    expect((await at(1, { path: '/api/me', lines })).status).toBe(200)
    const { code } = await one.call('POST /api/people/:id/invitations', {}, id)
    const passwords = ['white coffee at dawn', 'black coffee at dusk']
    const answers = await Promise.all(
      ([0, 1] as const).map((which) => post(which, '/api/join', { code, proof: { password: passwords[which] } })),
    )
    const won = answers.findIndex(({ status }) => status === 200)
    expect(answers[1 - won]?.status).toBe(409)
    for (const which of [0, 1] as const) {
      expect((await at(which, { path: '/api/me', lines })).status).toBe(401)
      for (const [at, password] of passwords.entries()) {
        const { status } = await post(which, '/api/sign-in/password', { name: 'Ada', password })
        expect([which, at, status]).toEqual([which, at, at === won ? 200 : 409])
      }
    }
  })

  test('make invitations for one person at once, of which one stays open', async () => {
    const [one, other] = await start()
    await openConsoles()
    const { id } = await addAda(one)
    await until(async () => (await other.call('GET /api/people', {})).length === 2, 'the person')
    const made = await Promise.all(
      [one, other, one, other].map((gateway) => gateway.call('POST /api/people/:id/invitations', {}, id)),
    )
    for (const gateway of [one, other]) {
      await until(async () => {
        const list = (await gateway.call('GET /api/invitations', {})).filter(({ person }) => person === id)
        return list.length === made.length && list.filter(({ state }) => state === 'open').length === 1
      }, 'one open invitation')
    }
  })

  test('judge an invitation by what the other has changed a moment ago', async () => {
    const [one, other] = await start()
    await openConsoles()
    const { id } = await addAda(one)
    const { code } = await one.call('POST /api/people/:id/invitations', {}, id)
    await other.call('PATCH /api/people/:id', { state: 'paused' }, id)
    expect((await post(0, '/api/join', { code, proof: { password: 'white coffee at dawn' } })).status).toBe(409)
    await other.call('PATCH /api/people/:id', { state: 'active' }, id)
    const signIn = { name: 'Ada', password: 'correct horse battery staple' }
    expect((await post(0, '/api/sign-in/password', signIn)).status).toBe(200)
  })
})
