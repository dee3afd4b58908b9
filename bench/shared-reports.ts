import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { DIMENSIONS, type Dimension, PERIODS, type Period } from '#shared/usage/usage.ts'
import { Database } from '../src-main/store/postgres/connection/database.ts'
import { MIGRATIONS } from '../src-main/store/postgres/migrations/all.ts'
import { migrate } from '../src-main/store/postgres/migrations/migrate.ts'
import { SharedUsage } from '../src-main/store/postgres/usage/shared-usage.ts'
import { SharedSums } from '../src-main/usage/shared-sums/shared-sums.ts'
import { UsageRoom } from '../src-main/usage/usage-room.ts'
import { startPostgres, withClient } from '../test/support/postgres.ts'
import { useAlways } from '../test/support/summed-store.ts'
import { WITHOUT_DISK } from '../test/support/without-disk.ts'
import { percentile } from './statistics.ts'
import { fillShared, type SharedShape } from './usage/fill-shared.ts'
import { madeUpUse } from './usage/made-up-use.ts'
import { serverTime } from './usage/server-time.ts'

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York'] as const
/** Its hours begin at a quarter, so that none of them is a stored hour. */
const ODD_ZONE = 'Asia/Kathmandu'
const GOAL_MS = 100
const GATEWAYS = 4
const quiet = { warn: () => undefined, error: () => undefined }

/** Milliseconds. */
interface ReportTimes {
  readonly report: string
  readonly p50: number
  readonly p95: number
  /** p95 in a time zone whose hours are no hours of UTC. */
  readonly odd: number
  /** p95 of the processor time of gateway and database together, which other programs on a busy computer affect least. */
  readonly cpu: number
  readonly gatewayCpu: number
}

/**
 * `npm run bench -- shared-reports [--exchanges 100000000] [--days 365] [--raw 2000000] [--repeats 20] [--database URL] [--json FILE]`.
 * A database that is given is kept and used again.
 */
export async function benchSharedReports(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      exchanges: { type: 'string', default: '100000000' },
      days: { type: 'string', default: '365' },
      raw: { type: 'string', default: '2000000' },
      repeats: { type: 'string', default: '20' },
      database: { type: 'string' },
      json: { type: 'string' },
    },
  })
  const shape: SharedShape = {
    exchanges: Number(values.exchanges),
    days: Number(values.days),
    raw: Number(values.raw),
    keys: 50,
    origins: 200,
    models: 20,
    now: Date.UTC(2026, 7, 14, 13, 40),
  }
  if (values.database !== undefined) return measureIn(values.database, shape, values)
  const server = await startPostgres({ settings: ['shared_buffers=1GB', 'max_wal_size=4GB'] })
  try {
    await measureIn(await server.createDatabase(), shape, values)
  } finally {
    await server.remove()
  }
}

async function measureIn(url: string, shape: SharedShape, { repeats, json }: { repeats: string; json?: string }) {
  const database = new Database({ url, applicationName: 'bench', log: quiet })
  await migrate(database, MIGRATIONS)
  const startedAt = performance.now()
  if ((await database.query('SELECT FROM sums_reach LIMIT 1')).rows.length === 0) {
    await fillShared(database, shape, (done) => console.error(done))
    await withClient(url, (client) => client.query('VACUUM (ANALYZE)'))
  }
  await database.query('DELETE FROM live_sums')
  const seconds = (performance.now() - startedAt) / 1000
  const times = await measure(url, shape, Number(repeats))
  console.log([`filled in ${seconds.toFixed(0)} s`, ...(await sizes(database)), '', ...inWords(times)].join('\n'))
  if (json !== undefined) await writeFile(json, `${JSON.stringify(times, undefined, 1)}\n`)
  await database.close()
}

async function measure(url: string, shape: SharedShape, repeats: number): Promise<ReportTimes[]> {
  const started = Date.now() % 1_000_000_000
  const rooms = Array.from({ length: GATEWAYS }, (_, at) => openRoom(url, started + at, shape.now))
  const current = [...madeUpUse({ ...shape, exchanges: 2854, from: shape.now - 600_000, to: shape.now, seed: 7 })]
  for (const [at, one] of current.entries()) rooms[at % GATEWAYS]?.room.record(one)
  for (const { room } of rooms) await room.flush()
  const [first, second] = rooms
  if (first === undefined || second === undefined) throw new Error('there are no gateways')
  const results: ReportTimes[] = []
  const serverMs = (await serverTime(first.database)) ?? (() => 0)
  const time = async (report: string, work: (zone: string) => Promise<unknown>) => {
    const found: number[] = []
    const odd: number[] = []
    const cpu: number[] = []
    const own: number[] = []
    for (let number = 0; number < repeats; number++) {
      const zone = number % 4 === 3 ? ODD_ZONE : ZONES[number % 4]
      const [recent] = current
      // Somebody else's, so that nothing is the same as before.
      if (recent !== undefined) second.room.record(recent)
      await second.room.flush()
      const [serverBefore, before, startedAt] = [serverMs(), process.cpuUsage(), performance.now()]
      await work(zone ?? 'UTC')
      const ms = performance.now() - startedAt
      if (zone === ODD_ZONE) {
        odd.push(ms)
        continue
      }
      found.push(ms)
      const { user, system } = process.cpuUsage(before)
      own.push((user + system) / 1000)
      cpu.push((user + system) / 1000 + serverMs() - serverBefore)
    }
    const [p50, p95] = [percentile(found, 50), percentile(found, 95)]
    results.push({
      report,
      p50,
      p95,
      odd: percentile(odd, 95),
      cpu: percentile(cpu, 95),
      gatewayCpu: percentile(own, 50),
    })
    console.error(report, p95.toFixed(1))
  }
  const report = (period: Period, by: Dimension, only: object) => (timeZone: string) =>
    first.room.report({ period, by, timeZone, ...only })
  for (const period of PERIODS) for (const by of DIMENSIONS) await time(`${period} by ${by}`, report(period, by, {}))
  for (const period of PERIODS) {
    for (const by of DIMENSIONS) await time(`${period} by ${by}, one person`, report(period, by, { person: 'Ada' }))
  }
  for (const period of PERIODS)
    await time(`${period}, own usage of a key`, () => first.room.ownUsage({ period, keyIds: ['key_3'] }))
  for (const period of PERIODS) await time(`${period}, usage of all keys`, () => first.room.ownUsage({ period }))
  await time('newest 50 requests', () => first.room.page({ limit: 50 }))
  await time('newest 50 requests of a key', () => first.room.page({ limit: 50, key: 'key_40' }))
  await time('newest 50 refusals', () => first.room.page({ limit: 50, outcome: 'refused' }))
  for (const { room, database } of rooms) {
    await room.close()
    await database.close()
  }
  return results
}

function openRoom(url: string, writer: number, now: number) {
  const database = new Database({ url, applicationName: 'bench', log: quiet })
  const store = new SharedSums({ rows: new SharedUsage(database), writer, isLeader: () => false, ...WITHOUT_DISK })
  const room = new UsageRoom({
    store,
    use: useAlways,
    now: () => now,
    log: quiet,
    labelOf: (_, value) => value,
    personOf: (keyId) => `Person ${Number(keyId.slice(4)) % 10}`,
    keysOfPerson: () => ['key_2', 'key_12', 'key_22', 'key_32', 'key_42'],
    timeZone: () => 'UTC',
    retentionDays: () => 30,
  })
  return { database, room }
}

async function sizes(database: Database): Promise<string[]> {
  const { rows } = await database.query<{ name: string; rows: number; bytes: number }>(
    `SELECT relname AS name, reltuples::bigint AS rows, pg_total_relation_size(oid) AS bytes FROM pg_class
     WHERE relname IN ('quarter_sums', 'dimension_sums', 'pair_sums', 'live_sums')
     UNION ALL SELECT 'exchanges', SUM(reltuples)::bigint, SUM(pg_total_relation_size(oid)) FROM pg_class
     WHERE relname LIKE 'exchanges\\_d%' AND relkind = 'r' ORDER BY 1`,
  )
  return rows.map(({ name, rows: count, bytes }) => `${name}: ${count} rows, ${(bytes / 2 ** 20).toFixed(0)} MB`)
}

function inWords(times: readonly ReportTimes[]): string[] {
  return [
    '| report | p50 | p95 | p95 in Kathmandu | processor time, p95 | of that in the gateway, p50 |',
    '|---|---|---|---|---|---|',
    ...times.map(({ report, p50, p95, odd, cpu, gatewayCpu }) => {
      const [first, last, late, both, own] = [p50, p95, odd, cpu, gatewayCpu].map((ms) => ms.toFixed(1))
      return `| ${report} | ${first} ms | ${last} ms${p95 < GOAL_MS ? '' : ' (missed)'} | ${late} ms | ${both} ms | ${own} ms |`
    }),
  ]
}
