import type { Exchange } from '#shared/gateway/exchange.ts'
import type { UseOf } from '#shared/usage/sum-rows.ts'
import { coverageOf, type StoredCoverage } from '../../rows/dimension-numbers.ts'
import type { Client, Database } from '../connection/database.ts'
import { BatchRows } from './batch-rows.ts'
import { textsOf } from './exchange-rows.ts'
import { ExchangeWalk } from './exchange-walk.ts'
import { forgottenAmong } from './forgotten.ts'
import { isWithoutPartition, Partitions } from './partitions.ts'
import { SnapshotRows } from './snapshot-rows.ts'
import { Terms } from './terms.ts'
import { UpkeepRows } from './upkeep-rows.ts'

/** Batches hold it together; a step of upkeep holds it alone. So a batch is in the sums completely before or after a step. */
const USAGE_LOCK = 0x4c41_5455
/** Held while a key or a site is being forgotten. */
const FORGETTING_LOCK = 0x4c41_5446
const FORGETTING = 'SELECT by, term AS text FROM forgetting ORDER BY term'
const MOST_ATTEMPTS = 5

/** The rows of exchanges and their sums, which several gateways write. The usage room determines what is summed and when. */
export class SharedUsage {
  readonly #database: Database
  readonly #terms: Terms
  readonly #partitions: Partitions
  readonly #walk: ExchangeWalk

  constructor(database: Database) {
    this.#database = database
    this.#terms = new Terms(database)
    this.#partitions = new Partitions(database)
    this.#walk = new ExchangeWalk(database, this.#terms)
  }

  walk(step: Parameters<ExchangeWalk['walk']>[0]): ReturnType<ExchangeWalk['walk']> {
    return this.#walk.walk(step)
  }

  countStep(step: Parameters<ExchangeWalk['countStep']>[0]): ReturnType<ExchangeWalk['countStep']> {
    return this.#walk.countStep(step)
  }

  placesStep(step: Parameters<ExchangeWalk['placesStep']>[0]): ReturnType<ExchangeWalk['placesStep']> {
    return this.#walk.placesStep(step)
  }

  cursorOf(time: number, id: string): ReturnType<ExchangeWalk['cursorOf']> {
    return this.#walk.cursorOf(time, id)
  }

  /** Those of which the usage was forgotten after they were made. */
  forgottenAmong(exchanges: readonly Exchange[]): Promise<ReadonlySet<Exchange>> {
    return this.#database.use((client) => forgottenAmong(client, exchanges))
  }

  /** One transaction of a writer. `work` runs again if the transaction could not begin with what is known here. */
  async write<T>(writer: number, exchanges: readonly Exchange[], work: (rows: BatchRows) => Promise<T>): Promise<T> {
    const texts = textsOf(exchanges)
    for (let attempt = 1; ; attempt++) {
      try {
        const epoch = await this.#terms.learn(texts)
        const done = await this.#batch(writer, epoch, work)
        if (done !== undefined) return done.value
        // A text was forgotten somewhere, or this is the writer's first batch.
        this.#terms.forget()
        await this.#enlist(writer)
      } catch (error) {
        this.#terms.forget()
        if (!isWithoutPartition(error) || attempt === MOST_ATTEMPTS) throw error
        await this.#partitions.make(exchanges.map(({ time }) => time))
      }
    }
  }

  /** A step of upkeep: one transaction, while no batch is written. */
  upkeep<T>(work: (rows: UpkeepRows) => Promise<T>): Promise<T> {
    return this.#database.transaction(async (client) => {
      await client.query('SELECT pg_advisory_xact_lock($1)', [USAGE_LOCK])
      return work(new UpkeepRows(client, this.#terms, await coverageIn(client)))
    })
  }

  /** Everything that `work` reads is from one moment. */
  read<T>(work: (rows: SnapshotRows) => Promise<T>): Promise<T> {
    return this.#database.transaction(
      async (client) => work(new SnapshotRows(client, this.#terms, await coverageIn(client))),
      'REPEATABLE READ READ ONLY',
    )
  }

  /** Runs `work`, which forgets something. What it leaves behind if this process is killed becomes `abandoned`. */
  async whileForgetting<T>(work: () => Promise<T>): Promise<T> {
    const session = await this.#database.connect()
    // If it breaks, another gateway may do the same work, which does no harm.
    session.on('error', () => undefined)
    try {
      await session.query('SELECT pg_advisory_lock_shared($1)', [FORGETTING_LOCK])
      return await work()
    } finally {
      // Also gives the lock back.
      await session.end().catch(() => undefined)
    }
  }

  /** What killed gateways were forgetting. Nothing while another gateway forgets something. */
  async abandoned(): Promise<UseOf[]> {
    if ((await this.#database.query(FORGETTING)).rows.length === 0) return []
    return this.#database.transaction(async (client) => {
      const sql = 'SELECT pg_try_advisory_xact_lock($1) AS "isFree"'
      const { rows } = await client.query<{ isFree: boolean }>(sql, [FORGETTING_LOCK])
      return rows[0]?.isFree === true ? (await client.query<UseOf>(FORGETTING)).rows : []
    })
  }

  /** Makes the partitions of these moments (ms UTC). */
  makeDays(times: readonly number[]): Promise<void> {
    return this.#partitions.make(times)
  }

  /** Drops one day that is over before a moment (ms UTC). Resolves to true if there may be more. */
  dropDay(before: number): Promise<boolean> {
    return this.#partitions.dropOne(before)
  }

  /** Resolves to undefined, without any effect, if the epoch is another one or the writer is not known. */
  #batch<T>(writer: number, epoch: number, work: (rows: BatchRows) => Promise<T>): Promise<{ value: T } | undefined> {
    return this.#database.transaction(async (client) => {
      await client.query('SELECT pg_advisory_xact_lock_shared($1)', [USAGE_LOCK])
      // An earlier transaction of this writer, whose connection was lost, ends before this one goes on.
      const { rows } = await client.query<{ last: number; epoch: number; moves: number }>(
        'SELECT last, epoch, moves FROM usage_writers, usage_state WHERE id = $1 FOR UPDATE OF usage_writers',
        [writer],
      )
      const [state] = rows
      if (state?.epoch !== epoch) return undefined
      return { value: await work(new BatchRows(client, this.#terms, { writer, ...state })) }
    })
  }

  async #enlist(writer: number): Promise<void> {
    await this.#database.query('INSERT INTO usage_writers (id, last) VALUES ($1, 0) ON CONFLICT DO NOTHING', [writer])
  }
}

const COVERAGE = `SELECT dimension, width, since, upto FROM sums_reach
  UNION ALL SELECT dimension, width, since, upto FROM pair_reach`

async function coverageIn(client: Client) {
  return coverageOf((await client.query<StoredCoverage>(COVERAGE)).rows)
}
