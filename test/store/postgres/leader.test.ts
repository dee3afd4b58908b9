import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { TrimChanges } from '../../../src-main/store/postgres/changes/trim-changes.ts'
import { Database } from '../../../src-main/store/postgres/connection/database.ts'
import { Leader } from '../../../src-main/store/postgres/leader.ts'
import { MIGRATIONS } from '../../../src-main/store/postgres/migrations/all.ts'
import { migrate } from '../../../src-main/store/postgres/migrations/migrate.ts'
import { startOwnClock } from '../../support/own-clock.ts'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../../support/postgres.ts'
import { until } from '../../support/until.ts'

const reason = whyNoPostgres()
if (reason !== undefined) console.log(`skipped: the leader: ${reason}`)

const CHILD = fileURLToPath(new URL('lead.child.ts', import.meta.url))
/** A takeover: the longest silence, and a look of the successor. */
const SECONDS = 10_000

describe.skipIf(reason !== undefined)('the leader', () => {
  let server: PostgresServer
  let url: string
  const closers: (() => unknown)[] = []

  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.remove())
  beforeEach(async () => {
    url = await server.createDatabase()
    await migrate(openDatabase(), MIGRATIONS)
  })
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close()
  })

  function openDatabase(applicationName = 'test'): Database {
    const log = { warn: () => undefined, error: () => undefined }
    const database = new Database({ url, applicationName, log })
    closers.push(() => database.close())
    return database
  }

  function candidate(applicationName = 'test'): Leader {
    const leader = new Leader({
      database: openDatabase(applicationName),
      log: { warn: () => undefined },
      monotonic: () => performance.now(),
    })
    leader.start()
    closers.push(() => leader.stop())
    return leader
  }

  async function startChild() {
    const child = spawn(process.execPath, [CHILD, url], { stdio: ['pipe', 'pipe', 'inherit'] })
    closers.push(async () => {
      if (child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    })
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const ask = async () => {
      child.stdin.write('?\n')
      return JSON.parse(String((await lines.next()).value)) as { isLeader: boolean; step: string | null }
    }
    await until(async () => (await ask()).isLeader, 'the child to lead')
    return { ask, signal: (name: NodeJS.Signals) => child.kill(name) }
  }

  const leads = (leader: Leader) => until(() => leader.isLeader(), 'a gateway to lead')
  const sessions = async (name: string) =>
    (await server.sql(`SELECT pid FROM pg_stat_activity WHERE application_name = '${name}'`)).rows as { pid: number }[]

  it('is exactly one of all gateways, and only its steps are made', async () => {
    const all = [candidate(), candidate(), candidate()]
    const first = await until(() => all.find((one) => one.isLeader()), 'one to lead')
    const steps = await Promise.all(all.map((one) => one.step(() => Promise.resolve('done'))))
    expect(steps.filter((step) => step !== undefined)).toEqual(['done'])
    await first.stop()
    const second = await until(() => all.find((one) => one.isLeader()), 'another to lead')
    expect([second === first, await first.step(() => Promise.resolve('done'))]).toEqual([false, undefined])
  })

  it('loses the lead with its session, and another takes over within seconds', async () => {
    const first = candidate('first')
    await leads(first)
    const second = candidate('second')
    const clock = startOwnClock()
    for (const { pid } of await sessions('first')) await server.sql(`SELECT pg_terminate_backend(${pid})`)
    await until(() => !first.isLeader() || second.isLeader(), 'the first to lose the lead')
    await until(() => first.isLeader() || second.isLeader(), 'one to lead again')
    expect(clock()).toBeLessThan(SECONDS)
    expect([first, second].filter((one) => one.isLeader())).toHaveLength(1)
  })

  it('is followed by another when its process is killed', async () => {
    const child = await startChild()
    const successor = candidate()
    const clock = startOwnClock()
    child.signal('SIGKILL')
    await leads(successor)
    expect(clock()).toBeLessThan(SECONDS)
  })

  it('is followed by another when its process hangs, and makes no step when it goes on', async () => {
    const child = await startChild()
    expect(await child.ask()).toEqual({ isLeader: true, step: 'done' })
    const successor = candidate()
    const clock = startOwnClock()
    child.signal('SIGSTOP')
    await leads(successor)
    expect(clock()).toBeLessThan(SECONDS)
    child.signal('SIGCONT')
    expect(await child.ask()).toEqual({ isLeader: false, step: null })
    expect(await successor.step(() => Promise.resolve('done'))).toBe('done')
  })

  it('makes no step after its term, although it does not know yet that it has lost its session', async () => {
    const first = candidate()
    await leads(first)
    await openDatabase().query('UPDATE leadership SET term = term + 1')
    expect(first.isLeader()).toBe(true)
    expect(await first.step(() => Promise.resolve('done'))).toBeUndefined()
  })

  it('begins its term only when a step of the leader before is over', async () => {
    const first = candidate('first')
    await leads(first)
    const order: string[] = []
    const running = Promise.withResolvers<void>()
    const step = first.step(async () => {
      order.push('step')
      await running.promise
      order.push('step is over')
    })
    await until(() => order.length === 1, 'the step to run')
    const stopped = first.stop()
    const second = candidate('second')
    await until(async () => {
      const { rows } = await server.sql(
        `SELECT 1 FROM pg_stat_activity WHERE application_name = 'second' AND wait_event_type = 'Lock'`,
      )
      return rows.length === 1
    }, 'the second to wait')
    expect(second.isLeader()).toBe(false)
    running.resolve()
    await leads(second)
    order.push('second leads')
    await Promise.all([step, stopped])
    expect(order).toEqual(['step', 'step is over', 'second leads'])
  })

  it('is found again after a restart of the database', async () => {
    const all = [candidate(), candidate()]
    await until(() => all.some((one) => one.isLeader()), 'one to lead')
    await server.stop()
    await until(() => !all.some((one) => one.isLeader()), 'nobody to lead')
    await server.start()
    await until(() => all.some((one) => one.isLeader()), 'one to lead again')
    expect(all.filter((one) => one.isLeader())).toHaveLength(1)
  })

  it('holds one connection, and the others none', async () => {
    await leads(candidate('leading'))
    candidate('other')
    const own = async (name: string) => {
      const query = `SELECT 1 FROM pg_stat_activity WHERE application_name = '${name}' AND query LIKE '%leadership%'`
      return (await server.sql(query)).rowCount
    }
    expect([await own('leading'), await own('other')]).toEqual([1, 0])
  })

  it('removes changes that all have read', async () => {
    const database = openDatabase()
    const hour = 3_600_000
    await database.query('INSERT INTO changes (n, kind, id, time) VALUES (1, $1, $1, $2), (2, $1, $1, $3)', [
      'keys',
      0,
      hour,
    ])
    const [first, second] = [candidate(), new Leader({ database, log: { warn: () => undefined }, monotonic: () => 0 })]
    await leads(first)
    const kept = async () => (await database.query('SELECT n FROM changes ORDER BY n')).rows
    const look = (leader: Leader) =>
      new TrimChanges({ leader, now: () => 1.5 * hour, log: { warn: () => undefined } }).look()
    await look(second)
    expect(await kept()).toEqual([{ n: 1 }, { n: 2 }])
    await look(first)
    expect(await kept()).toEqual([{ n: 2 }])
  })
})
