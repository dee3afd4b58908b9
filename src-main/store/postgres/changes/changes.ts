import { isChangedElsewhere } from '#shared/records/fresh-row.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { Client, Database } from '../connection/database.ts'
import { codeOf, databaseAway } from '../connection/database-errors.ts'
import type { DoubtfulRow } from './doubts.ts'
import type { RowKind, Versions } from './versions.ts'

/** Gateways are told of changes by NOTIFY on this channel, with the number of the last one. */
export const CHANNEL = 'latchkey_changes'

/** A transaction that changes rows. */
export interface Change {
  readonly client: Client
  /** The number of this change, which its rows get as their version. */
  readonly n: number
  /** Call for each row that is written. */
  wrote(kind: RowKind, id: string): void
  /** Call for each row that is removed. */
  removed(kind: RowKind, id: string): void
  /** Runs when the change is committed. */
  whenCommitted(run: () => void): void
}

interface Noted {
  readonly kind: RowKind
  readonly id: string
  readonly isRemoved: boolean
}

export interface ChangesOptions {
  readonly database: Database
  readonly versions: Versions
  readonly now: () => number
  /** Reads what others have changed. */
  readonly catchUp: () => Promise<void>
  /** True if the database did not answer the last time. */
  readonly isAway: () => boolean
  /** Reads these rows soon: nobody knows whether they were changed. */
  readonly doubt: (rows: readonly DoubtfulRow[]) => void
  /** Reads the changes after this one again. */
  readonly readFrom: (after: number) => void
}

/**
 * Durable changes of rows, numbered in the order of their commits: each takes the one row of `change_counter`, so the next one
 * waits until it is committed.
 */
export class Changes {
  readonly #options: ChangesOptions

  constructor(options: ChangesOptions) {
    this.#options = options
  }

  /**
   * Rejects with a PersonError `changed_elsewhere` if another gateway has changed one of the rows meanwhile. The rooms have read
   * the new row by then, so that the change can be repeated on it. With `database_away` at once while the database is away: a
   * person should not wait for a timeout.
   */
  async write<T>(work: (change: Change) => Promise<T>): Promise<T> {
    const { database, catchUp, doubt, isAway } = this.#options
    if (isAway()) throw databaseAway()
    const noted: Noted[] = []
    const after: (() => void)[] = []
    let n = 0
    try {
      const done = await database.transaction(async (client) => {
        n = await nextNumber(client)
        const result = await work({
          client,
          n,
          wrote: (kind, id) => void noted.push({ kind, id, isRemoved: false }),
          removed: (kind, id) => void noted.push({ kind, id, isRemoved: true }),
          whenCommitted: (run) => void after.push(run),
        })
        await this.#record(client, n, noted)
        return result
      })
      this.#know(noted, n)
      for (const run of after) run()
      return done
    } catch (cause) {
      const error = isRace(cause) ? changedElsewhere(cause) : cause
      if (isChangedElsewhere(error)) await catchUp()
      if (error instanceof PersonError && error.code === 'database_unsure') doubt(noted)
      throw error
    }
  }

  /**
   * The answer to COMMIT can be slower than a later change of the same row by another gateway, which the rooms then have already.
   * They are about to go back to this change, so the later one is read again.
   */
  #know(noted: readonly Noted[], n: number): void {
    const { versions, readFrom } = this.#options
    const isOvertaken = noted.some(({ kind, id }) => versions.latest(kind, id) > n)
    for (const { kind, id, isRemoved } of noted) {
      if (isRemoved) versions.setRemoved(kind, id, n)
      else versions.set(kind, id, n)
    }
    if (isOvertaken) readFrom(n)
  }

  async #record(client: Client, n: number, noted: readonly Noted[]): Promise<void> {
    await client.query(
      `INSERT INTO changes (n, kind, id, time) SELECT $1, kind, id, $4 FROM unnest($2::text[], $3::text[]) AS noted (kind, id)
       ON CONFLICT DO NOTHING`,
      [n, noted.map(({ kind }) => kind), noted.map(({ id }) => id), this.#options.now()],
    )
    await client.query('SELECT pg_notify($1, $2)', [CHANNEL, String(n)])
  }
}

async function nextNumber(client: Client): Promise<number> {
  const { rows } = await client.query<{ n: number }>('UPDATE change_counter SET n = n + 1 RETURNING n')
  return rows[0]?.n ?? 0
}

/** Another gateway changed the same row. The caller looks at the new one and repeats. */
export function changedElsewhere(cause?: unknown): PersonError {
  const sentence = 'Somebody changed the same thing at this moment. Look at it again, and repeat your change.'
  return new PersonError('changed_elsewhere', sentence, { cause })
}

/** Of PostgreSQL: two rows with the same unique value, two transactions that wait for each other or cannot be put in order. */
const RACES = ['23505', '40P01', '40001']

/** True if another gateway was faster. The room looks at what there is now, and decides again. */
function isRace(error: unknown): boolean {
  return RACES.includes(codeOf(error))
}
