import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Balancer, startBalancer } from '../support/balancer.ts'
import { buildNextRelease, type NextRelease } from '../support/next-release.ts'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../support/postgres.ts'
import { runLatchkey, type Serve, startServe } from '../support/serve.ts'
import { type SteadyLoad, startLoad } from '../support/steady-load.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

const reason = whyNoPostgres()
if (reason !== undefined) console.log(`skipped: gateways that are replaced one by one: ${reason}`)

/** A gateway behind the balancer, with its data directory, which the next one takes over. */
interface Place {
  readonly dir: TempDir
  serve: Serve
}

describe.skipIf(reason !== undefined)('three gateways on one database, replaced one by one while requests run', () => {
  let server: PostgresServer
  let next: NextRelease
  let url: string
  let balancer: Balancer
  let load: SteadyLoad
  const places: Place[] = []

  beforeAll(async () => {
    ;[server, next] = await Promise.all([startPostgres(), buildNextRelease()])
  })
  afterAll(async () => {
    await server?.remove()
    await next?.remove()
  })

  afterEach(async () => {
    await load?.stop()
    balancer?.close()
    await Promise.all(places.map(({ serve }) => serve.stop()))
    for (const { dir } of places.splice(0)) await dir.remove()
  })

  const start = (dir: TempDir, more: { main?: string; args?: readonly string[] } = {}) =>
    startServe({
      dataDir: dir.path,
      // Longer than the balancer needs to notice.
      args: ['--demo', '--database', url, '--drain-delay', '1', ...(more.args ?? [])],
      ...(more.main === undefined ? {} : { main: more.main }),
    })

  async function startAll(args: readonly string[] = []): Promise<void> {
    url = await server.createDatabase()
    balancer = await startBalancer()
    for (let number = 0; number < 3; number++) {
      const dir = await createTempDir()
      const serve = await start(dir, { args })
      places.push({ dir, serve })
      await balancer.add(serve.gateway)
    }
    const { secret } = await serveOf(0).createKey()
    await untilAll(secret, 200)
    load = startLoad({ url: balancer.url, secret, small: 4, streams: 6 })
  }

  const serveOf = (at: number) => (places[at] as Place).serve

  /** Waits until each process of each gateway gives this answer to a key. Connections are dealt to its two processes in turn. */
  async function untilAll(secret: string, status: number): Promise<void> {
    for (const { serve } of places) {
      // On a new connection, because a gateway may close one that is kept at the moment of the next request.
      const headers = { Authorization: `Bearer ${secret}`, Connection: 'close' }
      const isAnswered = async () => {
        const answer = await fetch(`${serve.gateway}/api/tags`, { headers }).catch(() => undefined)
        return answer?.status === status
      }
      const isAnsweredByAll = async () => {
        for (let asked = 0; asked < 6; asked++) if (!(await isAnswered())) return false
        return true
      }
      await until(isAnsweredByAll, `${status} at each process`)
    }
  }

  async function replace(at: number, more: { main?: string; args?: readonly string[] }): Promise<void> {
    const place = places[at] as Place
    const old = place.serve
    expect(await old.stop()).toBe(0)
    balancer.remove(old.gateway)
    place.serve = await start(place.dir, more)
    await balancer.add(place.serve.gateway)
    const before = load.answered()
    await until(() => load.answered() > before + 100, 'requests to be answered')
  }

  /** A key that is made at one gateway and taken back at another, as people do at any time. */
  async function changeKeys(): Promise<void> {
    const key = await serveOf(0).createKey()
    await untilAll(key.secret, 200)
    await serveOf(2).call('PATCH /api/keys/:id', { enabled: false }, key.id)
    await untilAll(key.secret, 401)
  }

  const versions = () =>
    server
      .sql('SELECT DISTINCT program FROM latchkey.gateways WHERE ended_at IS NULL ORDER BY program', databaseOf(url))
      .then(({ rows }) => (rows as { program: string }[]).map(({ program }) => program))

  it('answer every request over a rolling restart', async () => {
    await startAll()
    for (const at of [0, 1, 2]) {
      await replace(at, {})
      await changeKeys()
    }
    const { answered, streams, failures } = await load.stop()
    console.log(`rolling restart: ${answered} answers, ${streams} of them streams, ${failures.length} failures`)
    expect(failures).toEqual([])
    expect(streams).toBeGreaterThan(10)
  })

  it('answer every request over a rolling restart with several processes each', async () => {
    await startAll(['--workers', '2'])
    for (const at of [0, 1, 2]) await replace(at, { args: ['--workers', '2'] })
    const { answered, streams, failures } = await load.stop()
    console.log(`with workers: ${answered} answers, ${streams} of them streams, ${failures.length} failures`)
    expect(failures).toEqual([])
  })

  it('answer every request over an upgrade to the next release, with both versions side by side', async () => {
    await startAll()
    const [old = ''] = await versions()
    for (const at of [0, 1, 2]) {
      await replace(at, { main: next.main })
      expect(await versions()).toEqual(at === 2 ? [next.version] : [old, next.version])
      await changeKeys()
    }
    const { answered, streams, failures } = await load.stop()
    console.log(`upgrade: ${answered} answers, ${streams} of them streams, ${failures.length} failures`)
    expect(failures).toEqual([])
  })

  it('can go back to this release while the schema of the next is readable for it, and not afterwards', async () => {
    await startAll()
    await replace(0, { main: next.main })
    // Back again, on the schema of the next release.
    await replace(0, {})
    await changeKeys()
    await replace(1, { main: next.main })
    expect((await load.stop()).failures).toEqual([])
    const database = databaseOf(url)
    const { rows } = await server.sql('SELECT version FROM latchkey.schema_version', database)
    expect(rows).toEqual([{ version: next.schema }])
    await server.sql('UPDATE latchkey.schema_version SET readable_from = version', database)
    const dir = await createTempDir()
    const refused = await runLatchkey(['serve', '--no-open', '--database', url, '--data-dir', dir.path])
    await dir.remove()
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('newer Latchkey')])
  })
})

function databaseOf(url: string): string {
  return new URL(url).pathname.slice(1)
}
