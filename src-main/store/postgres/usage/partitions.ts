import type { Client, Database } from '../connection/database.ts'
import { codeOf } from '../connection/database-errors.ts'

const DAY_MS = 86_400_000
/** Two gateways do not make the same day at once. */
const PARTITIONS_LOCK = 0x4c41_5450
const NAME = /^exchanges_d\d+$/

/** The days (UTC) of the table of exchanges: each is a partition, which can be dropped as a whole. */
export class Partitions {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Makes the days of these moments (ms UTC). Attaching one holds up nobody who writes into another. */
  async make(times: Iterable<number>): Promise<void> {
    const days = new Set(Array.from(times, (time) => Math.floor(time / DAY_MS)))
    for (const day of days) {
      if (await this.#database.use((client) => isThere(client, day))) continue
      await this.#database.transaction(async (client) => {
        await client.query('SELECT pg_advisory_xact_lock($1)', [PARTITIONS_LOCK])
        if (!(await isThere(client, day))) await attach(client, day)
      })
    }
  }

  /** Drops one day that is over before a moment (ms UTC). Resolves to true if there may be more. */
  dropOne(before: number): Promise<boolean> {
    return this.#database.use(async (client) => {
      if (!(await tryLock(client))) return false
      try {
        return await dropOldest(client, before)
      } finally {
        await client.query('SELECT pg_advisory_unlock($1)', [PARTITIONS_LOCK])
      }
    })
  }
}

/** A statement that detaches without holding up others cannot be in a transaction, so the lock is the connection's. */
async function tryLock(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
    PARTITIONS_LOCK,
  ])
  return rows[0]?.locked === true
}

async function dropOldest(client: Client, before: number): Promise<boolean> {
  const partitions = await partitionsOf(client)
  const old = partitions.find(({ day, state }) => (day + 1) * DAY_MS <= before || state !== 'attached')
  if (old === undefined) return false
  if (old.state === 'attached') await client.query(`${DETACH} ${nameOf(old.day)} CONCURRENTLY`)
  await drop(client, old)
  return true
}

const DETACH = 'ALTER TABLE exchanges DETACH PARTITION'

/** A day that is no longer attached, or that a gateway was detaching when it was killed. */
async function drop(client: Client, { day, state }: Partition): Promise<void> {
  if (state === 'detaching') await client.query(`${DETACH} ${nameOf(day)} FINALIZE`)
  await client.query(`DROP TABLE IF EXISTS ${nameOf(day)}`)
}

async function isThere(client: Client, day: number): Promise<boolean> {
  const sql = 'SELECT 1 FROM pg_inherits WHERE inhrelid = to_regclass($1) AND NOT inhdetachpending'
  return (await client.query(sql, [nameOf(day)])).rows.length > 0
}

async function attach(client: Client, day: number): Promise<void> {
  const name = nameOf(day)
  const [from, to] = [day * DAY_MS, (day + 1) * DAY_MS]
  const left = (await partitionsOf(client)).find((one) => one.day === day)
  if (left !== undefined) await drop(client, left)
  await client.query(`CREATE TABLE ${name} (LIKE exchanges INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`)
  await client.query(`ALTER TABLE exchanges ATTACH PARTITION ${name} FOR VALUES FROM (${from}) TO (${to})`)
}

interface Partition {
  readonly day: number
  readonly state: 'attached' | 'detaching' | 'detached'
}

/** Oldest first. */
async function partitionsOf(client: Client): Promise<Partition[]> {
  const { rows } = await client.query<{ name: string; state: Partition['state'] }>(
    `SELECT relname AS name, CASE WHEN inhdetachpending THEN 'detaching' WHEN inhrelid IS NULL THEN 'detached'
       ELSE 'attached' END AS state
     FROM pg_class LEFT JOIN pg_inherits ON inhrelid = pg_class.oid
     WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND relname LIKE 'exchanges\\_d%'`,
  )
  return rows
    .filter(({ name }) => NAME.test(name))
    .map(({ name, state }) => ({ day: Number(name.slice('exchanges_d'.length)), state }))
    .sort((one, other) => one.day - other.day)
}

function nameOf(day: number): string {
  return `exchanges_d${day}`
}

/** True if an insert failed because its day has no partition. */
export function isWithoutPartition(error: unknown): boolean {
  return codeOf(error) === '23514' && (error as { constraint?: unknown }).constraint === undefined
}
