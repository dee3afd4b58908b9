import type { Exchange } from '#shared/exchange.ts'
import type { UsageSums } from '#shared/usage.ts'

/** Sums of one quarter hour UTC for one combination of dimensions. */
export interface RollupRow extends UsageSums {
  /** Start of the quarter hour: seconds since 1970-01-01 UTC divided by 900. */
  readonly quarter: number
  /** `` where the exchange had none. */
  readonly value: string
}

export interface UsageStore {
  /** Writes the exchanges and adds them to the rollups, in one transaction. */
  append(exchanges: readonly Exchange[]): Promise<void>
  /** Newest first. */
  latest(limit: number): Promise<Exchange[]>
  /** Rollups by one dimension; `from` and `to` are quarters, `to` excluded. */
  rollups(by: 'model' | 'key' | 'origin', from: number, to: number): Promise<RollupRow[]>
  /** The first quarter with any use, or undefined. */
  firstQuarter(): Promise<number | undefined>
  /** Completion and prompt tokens booked for a key since a moment (ms UTC, rounded down to its quarter hour). */
  tokensSince(keyId: string, since: number): Promise<number>
  /** Deletes raw exchanges before a moment (ms UTC), at most `limit`; resolves to how many went. */
  prune(before: number, limit: number): Promise<number>
}
