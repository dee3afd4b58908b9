import type { Exchange, ExchangeFilter } from '#shared/gateway/exchange.ts'
import type { KeyModelSums, SummedBy, ValueSums, ValueTimes } from '#shared/usage/usage-sums.ts'
import type { SharedLock } from '../base/shared-lock.ts'

/**
 * Runs work on the store and its copy in memory. A restore and such work wait for each other. Rejects if the store is lost.
 * Must not be nested.
 */
export type UseStore = SharedLock['shared']

/** The position of a walk through the exchanges. */
export interface Cursor {
  readonly time: number
  readonly row: number
}

/** Exchanges with the same origin, user-agent family and model. */
export interface PlaceSums extends Pick<Exchange, 'origin' | 'userAgent' | 'model'> {
  readonly requests: number
  /** The time of the latest one: ms UTC. */
  readonly lastAt: number
}

/** Raw exchanges by time. */
export interface ExchangeReader {
  /** Returns the matching exchanges among the next ones. `next` is the position to continue at; undefined at the end. */
  walk(step: {
    filter: ExchangeFilter
    order: 'newest first' | 'oldest first'
    after: Cursor | undefined
    limit: number
  }): Promise<{ found: Exchange[]; next: Cursor | undefined }>
  /** Counts the matching exchanges among the next ones, oldest first. */
  countStep(step: {
    filter: ExchangeFilter
    after: Cursor | undefined
  }): Promise<{ found: number; next: Cursor | undefined }>
  /** Sums the matching exchanges that were not refused among the next ones, newest first. */
  placesStep(step: {
    filter: ExchangeFilter
    after: Cursor | undefined
  }): Promise<{ found: PlaceSums[]; next: Cursor | undefined }>
  /** The position of an exchange, even if it no longer exists. */
  cursorOf(time: number, id: string): Promise<Cursor>
}

/** The key or origin whose usage is meant. */
export type Traces = { readonly keyId: string } | { readonly origin: string }

/** Quarters are whole quarter hours since 1970-01-01 UTC; `from` is included, `to` is excluded. */
export interface UsageStore extends ExchangeReader {
  /** Writes the `kept` exchanges and sums all of them, in one transaction. */
  append(kept: readonly Exchange[], summedOnly: readonly Exchange[]): Promise<void>
  /** One row for each value with usage between two quarters. */
  sums(by: SummedBy, from: number, to: number): Promise<readonly ValueSums[]>
  /** The same rows with response times. */
  times(by: SummedBy, from: number, to: number): Promise<readonly ValueTimes[]>
  /** One row for each pair of key and model with usage, for one key or for all. */
  keyModels(from: number, to: number, keyId?: string): Promise<KeyModelSums[]>
  /** The first quarter with usage, or undefined. */
  firstQuarter(): Promise<number | undefined>
  /** Prompt and completion tokens of a key between two quarters. */
  tokensSince(keyId: string, quarter: number, upto: number): Promise<number>
  /** Computes sums of past time in one short step. Resolves to true if there may be more to do. */
  rollUp(currentQuarter: number): Promise<boolean>
  /** Deletes at most `limit` raw exchanges before a time (ms UTC). Resolves to the number deleted. Sums stay. */
  prune(before: number, limit: number): Promise<number>
  /** True if a key or an origin has any usage. */
  hasTraces(whose: Traces): Promise<boolean>
  /** Deletes the usage of a key or an origin, or all usage, in small steps. Resolves to the number of deleted exchanges. */
  forget(whose: Traces | 'everything', currentQuarter: number): Promise<number>
  /** Call after the rows of the store were replaced. Reads the new rows and drops sums that waited for the old ones. */
  reload(): Promise<void>
  /** Writes the sums that wait in memory. If that fails, the next start computes them again. */
  settle(): Promise<void>
  /** Frees at most `pages` unused pages of the file. Resolves to true if there may be more. */
  shrink(pages: number): Promise<boolean>
}
