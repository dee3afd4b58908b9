import type { Exchange } from '#shared/gateway/exchange.ts'
import type {
  BlockCursor,
  BlockRange,
  CoverageRow,
  ModelCounts,
  NumberRange,
  QuarterRow,
  StoredBlock,
  SumKey,
  SummedExchange,
  SumsChange,
  UseOf,
  ValueCounts,
  Written,
} from '#shared/usage/sum-rows.ts'
import type { SummedBy } from '#shared/usage/usage-sums.ts'
import type { ExchangeReader } from '../ports.ts'

/** A batch of exchanges. */
export interface Batch {
  /** Each gets its own row; the rows are numbered from `first` on. */
  readonly kept: readonly Exchange[]
  /** These get no rows. `sumUp` computes their change of the sums, which is part of the same transaction. */
  readonly summedOnly: readonly Exchange[]
  readonly first: number
  readonly sumUp: (exchanges: readonly SummedExchange[]) => SumsChange
}

/** Texts by number. */
export interface TextRows {
  /** undefined for a text that no row has. */
  numberOf(text: string): Promise<number | undefined>
  /** In the order of the numbers. undefined for NO_TEXT and for a number that a damaged store has lost. */
  textsOf(numbers: readonly number[]): Promise<readonly (string | undefined)[]>
  forgetText(number: number): Promise<void>
}

/** Raw exchanges, numbered in the order in which they were recorded. */
export interface ExchangeRows {
  /** One transaction. Resolves to the summed fields of the kept exchanges. */
  append(batch: Batch): Promise<readonly SummedExchange[]>
  /** The exchanges after a number, by number. */
  exchangesAfter(number: number, limit: number): Promise<readonly (SummedExchange & { readonly number: number })[]>
  /** Deletes exchanges before a time (ms UTC), oldest first. Resolves to the number deleted. */
  pruneExchanges(before: number, limit: number): Promise<number>
  /** Looks at the next exchanges after a number and deletes those of a key or an origin. undefined at the end. */
  forgetExchanges(
    of: UseOf,
    after: number,
    limit: number,
  ): Promise<{ readonly deleted: number; readonly after: number } | undefined>
}

/** The finest sums, from which all others are computed. Kept forever. */
export interface QuarterRows {
  /** In the order of the quarters. */
  quarters(from: number, to: number): Promise<readonly QuarterRow[]>
  quarterCounts(by: SummedBy, from: number, to: number): Promise<readonly ValueCounts[]>
  /** By key (`value`) and model. */
  quarterPairs(from: number, to: number): Promise<readonly (ValueCounts & ModelCounts)[]>
  /** For one key, by model. */
  quarterCountsOfKey(key: number, from: number, to: number): Promise<readonly ModelCounts[]>
  /** In the order of the quarters; only keys with a number in the range. */
  quartersOfKeys(keys: NumberRange, from: number, to: number): Promise<readonly QuarterRow[]>
  hasQuarters(of: UseOf, from: number, to: number): Promise<boolean>
  /** The first quarter with usage at or after this one. */
  nextQuarter(quarter: number): Promise<number | undefined>
}

/** Sums by one dimension over blocks of time. */
export interface BlockRows {
  /**
   * The next few hundred rows after a cursor, by `start` and then by `value`; empty at the end. `after` is undefined for
   * the first rows. `values` limits the values.
   */
  blocks(range: BlockRange, after: BlockCursor | undefined, values?: NumberRange): Promise<readonly StoredBlock[]>
  /** `values` limits the values. */
  blockCounts(range: BlockRange, values?: NumberRange): Promise<readonly ValueCounts[]>
  /** The first block of a width with usage at or after a quarter. */
  nextBlock(dimension: BlockRange['dimension'], width: number, quarter: number): Promise<number | undefined>
}

/**
 * The interface of the sums to a store. The store reads and writes rows and does not know the rules of summing. Each
 * method that writes is one transaction: complete when its promise resolves, and without any effect when it rejects.
 */
export interface UsageRows extends TextRows, ExchangeRows, QuarterRows, BlockRows, ExchangeReader {
  state(): Promise<{
    /** undefined if it was never written. */
    readonly written: Written | undefined
    /** The highest number of a stored exchange; 0 if there are none. */
    readonly highest: number
    readonly coverage: readonly CoverageRow[]
  }>
  /** `upto` of a row of the quarters; 0 if there is no row. */
  uptoOf(sumKey: SumKey): Promise<number>
  /** Resolves to the number of deleted rows of sums. */
  apply(change: SumsChange): Promise<number>
  /** Deletes all usage. Resolves to the number of deleted exchanges. */
  forgetAll(written: Written): Promise<number>
  /** Runs work that deletes rows. Afterwards they cannot be read from the disk any more. */
  erase<T>(work: () => Promise<T>): Promise<T>
  /**
   * Resolves when the store is ready for more: for a batch of exchanges usually at once, for a step of upkeep after the
   * earlier steps are completely on the disk.
   */
  ready(what: 'exchanges' | 'upkeep'): Promise<void>
  /** Frees at most `pages` unused pages of the file. Resolves to true if there may be more. */
  shrink(pages: number): Promise<boolean>
}
