import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../../support/postgres.ts'
import { type Serve, startServe } from '../../support/serve.ts'
import { createTempDir, type TempDir } from '../../support/temp-dir.ts'
import { until } from '../../support/until.ts'

const why = whyNoPostgres()
if (why !== undefined) console.warn(`skipped: ${why}`)

const GATEWAYS = 8

describe.skipIf(why !== undefined)('eight processes with one database', () => {
  let server: PostgresServer
  let url: string
  let dirs: TempDir[]
  let serves: Serve[]

  const start = (dir: TempDir) => startServe({ dataDir: dir.path, args: ['--demo', '--database', url] })

  beforeAll(async () => {
    server = await startPostgres()
    url = await server.createDatabase()
    dirs = await Promise.all(Array.from({ length: GATEWAYS }, () => createTempDir()))
    serves = await Promise.all(dirs.map(start))
  })
  afterAll(async () => {
    await Promise.all(serves.map((serve) => serve.stop()))
    await Promise.all(dirs.map((dir) => dir.remove()))
    await server.remove()
  })

  const serveAt = (index: number) => serves[index % GATEWAYS] as Serve

  /** A key that all of them know. */
  async function createKey(limits: object): Promise<string> {
    const { secret } = await serveAt(0).createKey(limits)
    // A request about the key itself counts against no limit.
    const knows = async (serve: Serve) => (await ask(serve, secret, '/latchkey/key')).status === 200
    await until(async () => (await Promise.all(serves.map(knows))).every(Boolean), 'all gateways to know the key')
    return secret
  }

  const ask = (serve: Serve, secret: string, path = '/api/tags') =>
    fetch(serve.gateway + path, { headers: { Authorization: `Bearer ${secret}` } })

  test('let through as many requests a minute as the limit says, also while two of them are killed', async () => {
    const secret = await createKey({ requestsPerMinute: 120 })
    let admitted = 0
    const round = async () => {
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          ask(serveAt(index), secret).then(
            ({ status }) => status,
            () => 'killed',
          ),
        ),
      )
      const passed = answers.filter((status) => status === 200).length
      admitted += passed
      return passed
    }
    await round()
    for (const index of [2, 5]) {
      serveAt(index).process.kill('SIGKILL')
      await once(serveAt(index).process, 'exit')
    }
    await round()
    for (const index of [2, 5]) serves[index] = await start(dirs[index] as TempDir)
    // The last parts come back from gateways that do not need them, but those of killed ones only after a minute.
    for (let empty = 0; empty < 3; ) empty = (await round()) === 0 ? empty + 1 : 0
    console.info(`${admitted} of 120 requests a minute`)
    expect(admitted).toBeLessThanOrEqual(120 + GATEWAYS + 2 - 1)
    expect(admitted).toBeGreaterThan(60)
  })

  test('let through as many tokens a day as the limit says, and one request each', async () => {
    const limit = 3000
    const secret = await createKey({ tokensPerDay: limit })
    let [tokens, largest] = [0, 0]
    const chat = async (serve: Serve) => {
      const response = await fetch(`${serve.gateway}/api/chat`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${secret}` },
        body: JSON.stringify({
          model: 'sample-small',
          stream: false,
          messages: [{ role: 'user', content: 'count to 20' }],
          options: { num_predict: 60 },
        }),
      })
      const answer = (await response.json()) as { prompt_eval_count?: number; eval_count?: number }
      if (response.status !== 200) return 0
      const used = (answer.prompt_eval_count ?? 0) + (answer.eval_count ?? 0)
      tokens += used
      largest = Math.max(largest, used)
      return used
    }
    await until(async () => {
      const used = await Promise.all(serves.map(chat))
      return used.every((count) => count === 0)
    }, 'the end of the budget')
    console.info(`${tokens} of ${limit} tokens, at most ${largest} in one request`)
    expect(tokens).toBeLessThanOrEqual(limit + GATEWAYS * largest)
    expect(tokens).toBeGreaterThan(limit / 2)
  })
})
