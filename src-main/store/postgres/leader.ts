import type pg from 'pg'
import type { Log } from '../../base/log.ts'
import type { Client, Database } from './connection/database.ts'
import { causeCodeOf } from './connection/database-errors.ts'

export interface LeaderOptions {
  readonly database: Pick<Database, 'query' | 'connect' | 'transaction'>
  readonly log: Pick<Log, 'warn'>
  /** Milliseconds that never go back. */
  readonly monotonic: () => number
}

/** Any number that no other program uses for its locks in this database. */
export const LEADER_LOCK = 0x4c41544c

/** The leader asks for nothing so often, which shows that it lives. The others look as often whether it is gone. */
const LOOK_EVERY_MS = 2_000
/** PostgreSQL ends the session of a leader that is silent for so long, because a process that hangs still answers TCP's probes. */
const LONGEST_SILENCE_MS = 6_000

/**
 * One of all gateways, for upkeep. It holds an advisory lock on a connection of its own, so the lock is free as soon as it ends
 * or is cut off, and within eight seconds if it hangs. Each leader has a term: a leader that was cut off and does not know it
 * yet finds another term in the database, and does nothing.
 */
export class Leader {
  readonly #options: LeaderOptions
  #session: pg.Client | undefined
  #term = 0
  #heardAt = 0
  #isStopped = false
  #isFailing = false
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()

  constructor(options: LeaderOptions) {
    this.#options = options
  }

  /** Looks at once, and then regularly, whether this gateway leads. */
  start(): void {
    this.#looking = this.#look()
  }

  /** Lets another gateway lead. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#looking
    const session = this.#session
    this.#session = undefined
    await session?.end().catch(() => undefined)
  }

  /** True if this gateway leads, as far as it knows. */
  isLeader(): boolean {
    const { monotonic } = this.#options
    return this.#session !== undefined && monotonic() - this.#heardAt < LONGEST_SILENCE_MS
  }

  /** Runs a step of upkeep in one transaction. Resolves to undefined and does nothing if this gateway does not lead. */
  async step<T>(work: (client: Client) => Promise<T>): Promise<T | undefined> {
    if (!this.isLeader()) return undefined
    return this.#options.database.transaction(async (client) =>
      (await this.leadsIn(client)) ? work(client) : undefined,
    )
  }

  /**
   * True if this gateway leads until the end of the client's transaction: nobody can take over before. Call it first in each
   * transaction that only the leader may make.
   */
  async leadsIn(client: Client): Promise<boolean> {
    const { rowCount } = await client.query('SELECT FROM leadership WHERE term = $1 FOR SHARE', [this.#term])
    return rowCount === 1
  }

  async #look(): Promise<void> {
    try {
      if (this.#session === undefined) await this.#takeOver()
      else await this.#sayAlive(this.#session)
      this.#isFailing = false
    } catch (error) {
      // Once, and not every two seconds while the database is away.
      if (!this.#isFailing) this.#options.log.warn({ code: causeCodeOf(error) }, 'could not look which gateway leads')
      this.#isFailing = true
    }
    if (this.#isStopped) return
    this.#timer = setTimeout(() => this.start(), LOOK_EVERY_MS).unref()
  }

  async #sayAlive(session: pg.Client): Promise<void> {
    const now = this.#options.monotonic()
    await session.query('SELECT 1')
    this.#heardAt = now
  }

  /** Opens a connection only if the lock looks free, so that gateways that do not lead hold none. */
  async #takeOver(): Promise<void> {
    const { database } = this.#options
    const { rows } = await database.query<Tried>('SELECT pg_try_advisory_xact_lock($1) AS "isFree"', [LEADER_LOCK])
    if (rows[0]?.isFree !== true) return
    const session = await database.connect()
    const drop = () => {
      if (this.#session === session) this.#session = undefined
    }
    session.on('error', drop).on('end', drop)
    try {
      if (await this.#lead(session)) this.#session = session
      else await session.end()
    } catch (error) {
      await session.end().catch(() => undefined)
      throw error
    }
  }

  async #lead(session: pg.Client): Promise<boolean> {
    const now = this.#options.monotonic()
    await session.query(`SET idle_session_timeout = ${LONGEST_SILENCE_MS}`)
    const { rows } = await session.query<Tried>('SELECT pg_try_advisory_lock($1) AS "isFree"', [LEADER_LOCK])
    if (rows[0]?.isFree !== true) return false
    // Waits for a step of the leader before.
    const terms = await session.query<{ term: number }>('UPDATE leadership SET term = term + 1 RETURNING term')
    this.#term = terms.rows[0]?.term ?? 0
    this.#heardAt = now
    return true
  }
}

interface Tried {
  readonly isFree: boolean
}
