import type { Exchange } from '#shared/gateway/exchange.ts'
import type {
  BlockRange,
  CoverageRow,
  ModelCounts,
  QuarterRow,
  SumKey,
  SummedExchange,
  SumsChange,
  UseOf,
  ValueCounts,
  ValueRow,
  Written,
} from '#shared/usage/sum-rows.ts'
import type { SummedBy } from '#shared/usage/usage-sums.ts'
import type { ExchangeReader } from '../ports.ts'

/** Exchanges that are written together. */
export interface Batch {
  /** They get rows of their own, numbered from `first` on. */
  readonly kept: readonly Exchange[]
  /** They get none. `sumUp` makes the change of the sums that they are, which is part of the same transaction. */
  readonly summedOnly: readonly Exchange[]
  readonly first: number
  readonly sumUp: (exchanges: readonly SummedExchange[]) => SumsChange
}

/** Texts by number. */
export interface TextRows {
  /** undefined for a text that nothing has. */
  numberOf(text: string): Promise<number | undefined>
  /** In the order of the numbers; undefined for NO_TEXT, and for a number that a damaged store has lost. */
  textsOf(numbers: readonly number[]): Promise<readonly (string | undefined)[]>
  forgetText(number: number): Promise<void>
}

/** Raw exchanges, which have numbers in the order in which they were recorded. */
export interface ExchangeRows {
  /** One transaction. Resolves to the exchanges that were kept, as they are summed. */
  append(batch: Batch): Promise<readonly SummedExchange[]>
  /** By number, those after one. */
  exchangesAfter(number: number, limit: number): Promise<readonly (SummedExchange & { readonly number: number })[]>
  /** Deletes those before a moment (ms UTC), the oldest first; resolves to how many went. */
  pruneExchanges(before: number, limit: number): Promise<number>
  /** Of the next so many by number after one, deletes those of a key or an origin. undefined at the end. */
  forgetExchanges(
    of: UseOf,
    after: number,
    limit: number,
  ): Promise<{ readonly deleted: number; readonly after: number } | undefined>
}

/** The finest sums, from which all others can be made. Kept for ever. */
export interface QuarterRows {
  /** In the order of the quarters. */
  quarters(from: number, to: number): Promise<readonly QuarterRow[]>
  quarterCounts(by: SummedBy, from: number, to: number): Promise<readonly ValueCounts[]>
  /** By key (`value`) and model. */
  quarterPairs(from: number, to: number): Promise<readonly (ValueCounts & ModelCounts)[]>
  /** Of one key, by model. */
  quarterCountsOfKey(key: number, from: number, to: number): Promise<readonly ModelCounts[]>
  hasQuarters(of: UseOf, from: number, to: number): Promise<boolean>
  /** The first quarter with any use at or after one. */
  nextQuarter(quarter: number): Promise<number | undefined>
  /** `upto` of a row; 0 where there is none. */
  uptoOf(sumKey: SumKey): Promise<number>
}

/** Sums by one dimension over blocks of time. */
export interface BlockRows {
  blocks(range: BlockRange): Promise<readonly ValueRow[]>
  /** Only of the values between two, where these are given. */
  blockCounts(range: BlockRange, values?: { from: number; to: number }): Promise<readonly ValueCounts[]>
  /** The first block of a width with any use at or after a quarter. */
  nextBlock(dimension: BlockRange['dimension'], width: number, quarter: number): Promise<number | undefined>
}

/**
 * What the sums ask of a store, whatever it is: it reads and writes rows, and knows no rule of summing. Each method that
 * writes is one transaction: whole when its promise resolves, and nothing of it is there when it rejects.
 */
export interface UsageRows extends TextRows, ExchangeRows, QuarterRows, BlockRows, ExchangeReader {
  state(): Promise<{
    /** undefined in a store that has never been asked to keep it. */
    readonly written: Written | undefined
    /** The highest number of an exchange that is there; 0 without any. */
    readonly highest: number
    readonly coverage: readonly CoverageRow[]
  }>
  /** Resolves to how many rows of sums were deleted. */
  apply(change: SumsChange): Promise<number>
  /** Deletes all use there is; resolves to how many exchanges there were. */
  forgetAll(written: Written): Promise<number>
  /** Runs work that deletes rows: when it has ended, they can no longer be read from the disk. */
  erase<T>(work: () => Promise<T>): Promise<T>
  /**
   * Resolves when the store is ready for more: for a batch of exchanges as a rule at once, for a step of upkeep when
   * nothing of the steps before is left to do.
   */
  ready(what: 'exchanges' | 'upkeep'): Promise<void>
  /** Gives at most so many free pages back to the disk; resolves to whether there may be more. */
  shrink(pages: number): Promise<boolean>
}
