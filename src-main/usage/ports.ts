import type { Exchange, ExchangeFilter } from '#shared/gateway/exchange.ts'
import type { KeyModelSums, SummedBy, ValueSums, ValueTimes } from '#shared/usage/usage-sums.ts'
import type { SharedLock } from '../base/shared-lock.ts'

/**
 * Runs work that reads or writes the store and the memory of it: a restore waits for it, and it waits for a restore.
 * Rejects where there is no store any more. Never within another such work.
 */
export type UseStore = SharedLock['shared']

/** Where a walk through the exchanges stands. */
export interface Cursor {
  readonly time: number
  readonly row: number
}

/** Raw exchanges in the order of their time. */
export interface ExchangeReader {
  /** Looks at some of the exchanges and gives those that fit, and where to go on; `next` is undefined at the end. */
  walk(step: {
    filter: ExchangeFilter
    order: 'newest first' | 'oldest first'
    after: Cursor | undefined
    limit: number
  }): Promise<{ found: Exchange[]; next: Cursor | undefined }>
  /** Counts in the same way, the oldest first. */
  countStep(step: {
    filter: ExchangeFilter
    after: Cursor | undefined
  }): Promise<{ found: number; next: Cursor | undefined }>
  /** The place of an exchange, also of one that is gone. */
  cursorOf(time: number, id: string): Promise<Cursor>
}

/** Whose use is to be forgotten. */
export type Traces = { readonly keyId: string } | { readonly origin: string }

/** Quarters are whole quarter hours since 1970-01-01 UTC; `from` is included, `to` is not. */
export interface UsageStore extends ExchangeReader {
  /** Writes some exchanges and adds them to the sums, in one transaction; of others only adds them to the sums. */
  append(kept: readonly Exchange[], summedOnly: readonly Exchange[]): Promise<void>
  /** One row for each value with use between two quarters. */
  sums(by: SummedBy, from: number, to: number): Promise<readonly ValueSums[]>
  /** The same, and how fast answers came. */
  times(by: SummedBy, from: number, to: number): Promise<readonly ValueTimes[]>
  /** One row for each pair of key and model with use; of one key, where it is given. */
  keyModels(from: number, to: number, keyId?: string): Promise<KeyModelSums[]>
  /** The first quarter with any use, or undefined. */
  firstQuarter(): Promise<number | undefined>
  /** Prompt and completion tokens booked for a key between two quarters. */
  tokensSince(keyId: string, quarter: number, upto: number): Promise<number>
  /** Makes sums of a stretch of time that is over; resolves to whether there may be more to do. */
  rollUp(currentQuarter: number): Promise<boolean>
  /** Deletes raw exchanges before a moment (ms UTC), at most `limit`; resolves to how many went. Sums stay. */
  prune(before: number, limit: number): Promise<number>
  /** Whether there is any use of a key or an origin. */
  hasTraces(whose: Traces): Promise<boolean>
  /** Deletes all use of a key or an origin, or all there is, in small steps; resolves to how many exchanges went. */
  forget(whose: Traces | 'everything', currentQuarter: number): Promise<number>
  /** Reads anew: other rows are in the store. What waited in memory for those before is dropped. */
  reload(): Promise<void>
  /** Writes what waits in memory. Where that fails, the next start finds it again. */
  settle(): Promise<void>
  /** Gives at most so many free pages back to the disk; resolves to whether there may be more. */
  shrink(pages: number): Promise<boolean>
}
