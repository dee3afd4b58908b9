import type { Exchange } from '#shared/exchange.ts'
import type { ValueSums } from '#shared/stored.ts'
import type { Dimension } from '#shared/usage.ts'

/** Quarters are whole quarter hours since 1970-01-01 UTC. */
export interface UsageStore {
  /** Writes some exchanges and adds them to the sums, in one transaction; of others only adds them to the sums. */
  append(kept: readonly Exchange[], summedOnly: readonly Exchange[]): Promise<void>
  /** Newest first. */
  latest(limit: number): Promise<Exchange[]>
  /** One row for each value with use between two quarters; `from` included, `to` excluded. */
  sums(by: Dimension, from: number, to: number): Promise<ValueSums[]>
  /** The first quarter with any use, or undefined. */
  firstQuarter(): Promise<number | undefined>
  /** Prompt and completion tokens booked for a key since the start of a quarter. */
  tokensSince(keyId: string, quarter: number): Promise<number>
  /** Deletes raw exchanges before a moment (ms UTC), at most `limit`; resolves to how many went. Sums stay. */
  prune(before: number, limit: number): Promise<number>
}
