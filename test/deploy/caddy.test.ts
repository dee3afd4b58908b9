import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { get } from 'node:https'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Caddy, type CaddyAddresses, chooseAddresses, startCaddy, whyNoCaddy } from '../support/caddy.ts'
import { freePort } from '../support/free-port.ts'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../support/postgres.ts'
import { type Serve, startServe } from '../support/serve.ts'
import { until } from '../support/until.ts'

const QUESTION = JSON.stringify({ model: 'sample-small', messages: [{ role: 'user', content: 'count to nine' }] })

/** As compose.yaml has it: Caddy looks every second. */
const DRAIN = ['--drain-delay', '3', '--drain-timeout', '60']

interface Pair {
  readonly gateways: readonly [Serve, Serve]
  readonly consoles: readonly string[]
}

const whyNot = whyNoCaddy() ?? whyNoPostgres()
if (whyNot !== undefined) console.log(`Skipped the tests with Caddy: ${whyNot}`)

describe.skipIf(whyNot !== undefined)('two gateways on one PostgreSQL behind the Caddy of the compose file', () => {
  let postgres: PostgresServer
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(() => postgres.remove())

  async function pair(...more: readonly string[]): Promise<Pair> {
    const database = await postgres.createDatabase()
    const consolePorts = [await freePort(), await freePort()] as const
    const one = (port: number) => {
      const args = ['--demo', '--database', database, '--console-port', String(port), ...DRAIN, ...more]
      return startServe({ args })
    }
    // One after the other, because the first one makes the tables.
    const gateways: [Serve, Serve] = [await one(consolePorts[0]), await one(consolePorts[1])]
    onTestFinished(async () => {
      // At once, because nobody waits for a drain here.
      for (const { process } of gateways) process.kill('SIGKILL')
      for (const gateway of gateways) await gateway.stop()
    })
    return { gateways, consoles: consolePorts.map((port) => `127.0.0.1:${port}`) }
  }

  async function caddyFor({ gateways, consoles }: Pair, at?: CaddyAddresses): Promise<Caddy> {
    const to = { gateways: gateways.map(({ gateway }) => new URL(gateway).host), consoles }
    const caddy = await startCaddy(at ?? (await chooseAddresses('http')), to)
    onTestFinished(() => caddy.stop())
    return caddy
  }

  /** A key made at one gateway, once the other knows it too. */
  async function keyOf({ gateways: [first, second] }: Pair): Promise<string> {
    const { secret } = await first.createKey()
    await until(async () => (await ask(second.gateway, secret)).status === 200, 'the other gateway to know the key')
    return secret
  }

  test('pass a stream on piece by piece', async () => {
    const both = await pair()
    const secret = await keyOf(both)
    const caddy = await caddyFor(both)
    const answer = await ask(caddy.gateway, secret)
    const arrivals: number[] = []
    for await (const _ of answer.body ?? []) arrivals.push(performance.now())
    // The sample writes a word every 30 ms. A proxy that collects would send two or three pieces.
    expect(arrivals.length).toBeGreaterThan(8)
    expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(100)
  })

  test('lose no request but those in flight when one of them is killed', async () => {
    const both = await pair()
    const secret = await keyOf(both)
    const caddy = await caddyFor(both)
    const load = startLoad(caddy.gateway, secret)
    await until(() => load.ended() >= 20, 'some requests')
    const [victim, other] = both.gateways
    const gone = once(victim.process, 'exit')
    victim.process.kill('SIGKILL')
    await gone
    const killedAt = performance.now()
    const before = load.ended()
    await until(() => load.ended() >= before + 40, 'more requests')
    const { failures, total } = await load.stop()
    const inFlight = failures.filter(({ startedAt }) => startedAt <= killedAt)
    expect({ total, failures, alive: other.process.exitCode }).toMatchObject({ failures: inFlight, alive: null })
    expect(inFlight.length).toBeLessThanOrEqual(CLIENTS)
  })

  test('lose no request at all when one of them is stopped', async () => {
    const both = await pair()
    const secret = await keyOf(both)
    const caddy = await caddyFor(both)
    const load = startLoad(caddy.gateway, secret)
    await until(() => load.ended() >= 20, 'some requests')
    expect(await both.gateways[0].stop()).toBe(0)
    const before = load.ended()
    await until(() => load.ended() >= before + 40, 'more requests')
    expect((await load.stop()).failures).toEqual([])
  })

  test('leave no key in the log, whatever carries it', async () => {
    const both = await pair()
    const secret = await keyOf(both)
    const caddy = await caddyFor(both)
    for (const { process } of both.gateways) process.kill('SIGKILL')
    const carriers = [
      { 'x-api-key': secret },
      { 'api-key': secret },
      { 'xi-api-key': secret },
      { authorization: `Bearer ${secret}` },
    ]
    const answers = carriers.map((headers) => fetch(`${caddy.gateway}/api/tags`, { headers }))
    answers.push(fetch(`${caddy.gateway}/k/${secret}/api/tags`), fetch(`${caddy.gateway}/api/tags?key=${secret}`))
    for (const answer of await Promise.all(answers)) expect([502, 503]).toContain(answer.status)
    await until(() => (caddy.log().match(/"uri":"\/k\//g) ?? []).length > 0, 'the errors to be logged')
    expect(caddy.log()).not.toContain(secret)
    expect(caddy.log()).not.toContain(secret.slice(6, 20))
  })

  test('answer by TLS with a certificate of Caddy’s own authority, and show the console', async () => {
    const at = await chooseAddresses('https')
    const both = await pair('--behind-proxy', '127.0.0.1', '--setting', `consoleUrl=${at.console}`)
    const secret = await keyOf(both)
    const caddy = await caddyFor(both, at)
    const ca = await until(() => readFile(caddy.authority).catch(() => undefined), 'the authority')
    const headers = { authorization: `Bearer ${secret}` }
    const tags = await until(() => getByTls(`${caddy.gateway}/api/tags`, { ca, headers }), 'the certificate')
    expect(tags).toMatchObject({ status: 200, text: expect.stringContaining('sample-small') })
    const page = await until(() => getByTls(`${caddy.console}/`, { ca }), 'the certificate of the console')
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining('<title>') })
  })
})

async function ask(gateway: string, secret: string): Promise<Response> {
  return fetch(`${gateway}/api/chat`, { method: 'POST', headers: { 'x-api-key': secret }, body: QUESTION })
}

const CLIENTS = 8

interface Failure {
  readonly startedAt: number
  readonly what: string
}

/** Clients that ask one question after the other, each a stream, until `stop`. */
function startLoad(gateway: string, secret: string) {
  const failures: Failure[] = []
  let [total, goesOn] = [0, true]
  const client = async () => {
    while (goesOn) {
      const startedAt = performance.now()
      const what = await outcomeOf(gateway, secret)
      if (what !== 'ok') failures.push({ startedAt, what })
      total++
      await delay(1)
    }
  }
  const clients = Array.from({ length: CLIENTS }, client)
  return {
    ended: () => total,
    async stop() {
      goesOn = false
      await Promise.all(clients)
      return { failures, total }
    },
  }
}

async function outcomeOf(gateway: string, secret: string): Promise<string> {
  try {
    const answer = await ask(gateway, secret)
    const text = await answer.text()
    if (answer.status !== 200) return `${answer.status} ${text.slice(0, 200)}`
    return text.includes('"done":true') ? 'ok' : `ended early: ${text.slice(-300)}`
  } catch (error) {
    return String(error)
  }
}

/** Caddy is here, whatever the name. undefined while it has no certificate for the name yet. */
function getByTls(
  address: string,
  { ca, headers }: { ca: Buffer; headers?: Record<string, string> },
): Promise<{ status: number | undefined; text: string } | undefined> {
  const { host, hostname: servername, port, pathname: path } = new URL(address)
  const options = { hostname: '127.0.0.1', port, path, servername, ca, headers: { ...headers, host } }
  return new Promise((resolve) => {
    const request = get(options, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (more: string) => (text += more))
      answer.on('end', () => resolve({ status: answer.statusCode, text }))
    })
    request.on('error', () => resolve(undefined))
  })
}
