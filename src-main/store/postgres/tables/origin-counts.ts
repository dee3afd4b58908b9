import type { OriginRecord } from '#shared/origins/origin.ts'
import type { ForeignRows } from '#shared/records/foreign-rows.ts'
import type { Client } from '../connection/database.ts'

type Counts = Pick<OriginRecord, 'requests' | 'refused'>
type Seen = ForeignRows['seen'][number]

/** Rows that somebody has counted in, as they were read. */
export interface FoundCounts {
  readonly rows: readonly (Seen & { readonly touched: number })[]
  /** See `#writes`. */
  readonly writes: number
}

/**
 * How much of the database's counts is in the memory of this gateway. Each gateway counts in its memory; what it has counted since
 * is added to the row, and what others have added comes to its memory.
 */
export class OriginCounts {
  readonly #inMemory = new Map<string, Counts>()
  #touched = 0
  /** Goes up when a write begins, and when it ends. */
  #writes = 0
  #running = 0

  has(origin: string): boolean {
    return this.#inMemory.has(origin)
  }

  /** The row has these counts, and so has the memory. */
  set({ origin, requests, refused }: OriginRecord): void {
    this.#inMemory.set(origin, { requests, refused })
  }

  delete(origin: string): void {
    this.#inMemory.delete(origin)
  }

  /** What this gateway has counted and not written. */
  unwritten({ origin, requests, refused }: OriginRecord): Counts {
    const written = this.#inMemory.get(origin) ?? { requests: 0, refused: 0 }
    return { requests: Math.max(0, requests - written.requests), refused: Math.max(0, refused - written.refused) }
  }

  /** Runs a write of counts. */
  async writing<T>(write: () => Promise<T>): Promise<T> {
    this.#writes += 1
    this.#running += 1
    try {
      return await write()
    } finally {
      this.#writes += 1
      this.#running -= 1
    }
  }

  async find(client: Client): Promise<FoundCounts> {
    const writes = this.#writes
    const { rows } = await client.query<FoundCounts['rows'][number]>(
      `SELECT origin, requests, refused, last_seen_at AS "lastSeenAt", touched FROM origins WHERE touched > $1 ORDER BY touched`,
      [this.#touched],
    )
    return { rows, writes }
  }

  /**
   * What others have counted. Nothing while this gateway writes itself, because nobody knows whether the rows have its own counts
   * already: they are found again the next time.
   */
  take({ rows, writes }: FoundCounts): Seen[] {
    if (this.#running > 0 || writes !== this.#writes) return []
    this.#touched = rows.at(-1)?.touched ?? this.#touched
    return rows.flatMap(({ origin, requests, refused, lastSeenAt }) => {
      const before = this.#inMemory.get(origin) ?? { requests: 0, refused: 0 }
      this.#inMemory.set(origin, { requests, refused })
      const added = { requests: requests - before.requests, refused: refused - before.refused }
      return added.requests === 0 && added.refused === 0 ? [] : [{ origin, ...added, lastSeenAt }]
    })
  }
}
