import type { Exchange, ExchangeFilter } from '#shared/gateway/exchange.ts'
import type { NumberRange } from '#shared/usage/sum-rows.ts'
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

/** Sums over ranges. Quarters are whole quarter hours since 1970-01-01 UTC; `from` is included, `to` is excluded. */
export interface SumsReader {
  /** One row for each value with usage between two quarters. */
  sums(by: SummedBy, from: number, to: number): Promise<readonly ValueSums[]>
  /** The same rows with response times. */
  times(by: SummedBy, from: number, to: number): Promise<readonly ValueTimes[]>
  /** The same rows with response times, only for the usage of some keys; the id '' stands for requests without a key. */
  timesOfKeys(by: SummedBy, keyIds: readonly string[], from: number, to: number): Promise<readonly ValueTimes[]>
  /** One row for each pair of key and model with usage, for one key or for all. */
  keyModels(from: number, to: number, keyId?: string): Promise<KeyModelSums[]>
  /** The same for each of several ranges, in their order. A shared database answers them all at once. */
  sumsInEach(by: SummedBy, ranges: readonly NumberRange[]): Promise<readonly (readonly ValueSums[])[]>
  timesInEach(by: SummedBy, ranges: readonly NumberRange[]): Promise<readonly (readonly ValueTimes[])[]>
  timesOfKeysInEach(
    by: SummedBy,
    keyIds: readonly string[],
    ranges: readonly NumberRange[],
  ): Promise<readonly (readonly ValueTimes[])[]>
  keyModelsInEach(ranges: readonly NumberRange[], keyId?: string): Promise<readonly (readonly KeyModelSums[])[]>
  /** The first quarter with usage, or undefined. */
  firstQuarter(): Promise<number | undefined>
}

export interface UsageStore extends ExchangeReader, SumsReader {
  /** Exchanges per call of `append`: more cost less each, but hold up the requests for longer. */
  readonly mostAtOnce: number
  /**
   * Writes the `kept` exchanges and sums all of them, in one transaction. If it rejects, they may be written nevertheless, when
   * the answer of a database was lost. Pass the same objects again, before any later ones: each is written once.
   */
  append(kept: readonly Exchange[], summedOnly: readonly Exchange[]): Promise<void>
  /** The number of exchanges that `append` has taken and that were lost before they could be written, since the start. */
  dropped(): number
  /** Runs a report. On a database that others write too, all it reads is from one moment. */
  read<T>(report: (sums: SumsReader) => Promise<T>): Promise<T>
  /** Prompt and completion tokens of a key between two quarters. */
  tokensSince(keyId: string, quarter: number, upto: number): Promise<number>
  /** Computes sums of past time in one short step. Resolves to true if there may be more to do. */
  rollUp(currentQuarter: number): Promise<boolean>
  /**
   * Deletes raw exchanges before a time (ms UTC) in one short step: at most `limit`, or a whole day at once where that costs
   * less. Then the day of that time stays. Resolves to true if there may be more to delete. Sums stay.
   */
  prune(before: number, limit: number): Promise<boolean>
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
