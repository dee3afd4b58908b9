import type { Exchange } from '#shared/gateway/exchange.ts'
import type {
  CoverageRow,
  ModelCounts,
  NumberRange,
  QuarterRow,
  SumDimension,
  SumKey,
  SummedExchange,
  UseOf,
  ValueCounts,
  ValueRow,
} from '#shared/usage/sum-rows.ts'
import type { SummedBy } from '#shared/usage/usage-sums.ts'
import type { ExchangeReader } from '../ports.ts'
import type { BlockRows, QuarterRows, TextRows, UsageRows } from '../sums/ports.ts'

/** The transaction of one batch of a writer. */
export interface BatchRows {
  /** The number of the writer's last batch. */
  readonly last: number
  /** If it is another than in the batch before, rows of the writer may have been moved away. */
  readonly moves: number
  /** Those of which the usage was forgotten after they were made. Nothing more is forgotten until this transaction ends. */
  forgottenAmong(exchanges: readonly Exchange[]): Promise<ReadonlySet<Exchange>>
  /** The summed fields of exchanges. */
  summed(exchanges: readonly Exchange[]): readonly SummedExchange[]
  /** Gives each exchange a row. Resolves to their summed fields. */
  insert(exchanges: readonly Exchange[]): Promise<readonly SummedExchange[]>
  /** The writer's own rows that are not in the quarters yet. */
  own(sumKeys: readonly SumKey[]): Promise<readonly QuarterRow[]>
  /** Replaces own rows, and gives the batch its number. */
  put(rows: readonly QuarterRow[], number: number): Promise<void>
}

/** A part of one of several ranges of quarters. */
export interface Part extends NumberRange {
  /** The index of the range. */
  readonly at: number
}

/** A part that is read from blocks of a width. */
export interface BlockPart extends Part {
  readonly width: number
}

interface At {
  readonly at: number
}

interface InQuarter {
  readonly quarter: number
}

/**
 * Reads the sums of one moment, for all parts of a report at once: one row for each value of each range. The sketches of a row are
 * those of many rows, one after the other. `values` and `keys` limit the numbers.
 */
export interface SnapshotRows extends Pick<TextRows, 'textsOf'> {
  readonly coverage: readonly CoverageRow[]
  /** Without those that no row has. */
  numbersOf(texts: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** The first quarter with usage. */
  firstQuarter(): Promise<number | undefined>
  blockCounts(
    dimension: SumDimension,
    parts: readonly BlockPart[],
    values?: readonly NumberRange[],
  ): Promise<readonly (ValueCounts & At)[]>
  blockSums(
    dimension: SumDimension,
    parts: readonly BlockPart[],
    values?: readonly NumberRange[],
  ): Promise<readonly (ValueRow & At)[]>
  quarterCounts(by: SummedBy, parts: readonly Part[]): Promise<readonly (ValueCounts & At)[]>
  quarterSums(by: SummedBy, parts: readonly Part[], keys?: readonly NumberRange[]): Promise<readonly (ValueRow & At)[]>
  /** By key (`value`) and model. */
  quarterPairs(
    parts: readonly Part[],
    keys?: readonly NumberRange[],
  ): Promise<readonly (ValueCounts & ModelCounts & At)[]>
  /** The same of the rows of all writers that are not in the quarters yet, by quarter. */
  liveCounts(by: SummedBy): Promise<readonly (ValueCounts & InQuarter)[]>
  liveSums(by: SummedBy, keys?: readonly NumberRange[]): Promise<readonly (ValueRow & InQuarter)[]>
  livePairs(keys?: readonly NumberRange[]): Promise<readonly (ValueCounts & ModelCounts & InQuarter)[]>
}

/** The transaction of one step of upkeep. Nobody else changes the sums meanwhile. */
export interface UpkeepRows
  extends Pick<QuarterRows, 'quarters' | 'hasQuarters' | 'nextQuarter'>,
    Pick<BlockRows, 'blocks' | 'nextBlock'>,
    Pick<UsageRows, 'apply' | 'forgetExchanges'> {
  readonly coverage: readonly CoverageRow[]
  /** Removes the oldest live rows of quarters before this one. Resolves to them, several of one sum key for several writers. */
  takeLive(before: number, limit: number): Promise<readonly QuarterRow[]>
  /**
   * Takes the text from its number, so that nobody writes rows with this number any more. Resolves to the number; undefined if no
   * row has the text.
   */
  beginForgetting(by: UseOf['by'], text: string): Promise<number | undefined>
  endForgetting(number: number): Promise<void>
  /** Deletes all usage. Resolves to the number of deleted exchanges. */
  forgetAll(): Promise<number>
}

/**
 * The interface of the shared sums to a store that several gateways write. Each transaction is complete when its promise
 * resolves. If it rejects, it had no effect, except that the answer of the database may be lost.
 */
export interface SharedRows extends ExchangeReader {
  /** `work` may run again, and then the first run had no effect. */
  write<T>(writer: number, exchanges: readonly Exchange[], work: (rows: BatchRows) => Promise<T>): Promise<T>
  /** Those of which the usage was forgotten after they were made. */
  forgottenAmong(exchanges: readonly Exchange[]): Promise<ReadonlySet<Exchange>>
  upkeep<T>(work: (rows: UpkeepRows) => Promise<T>): Promise<T>
  read<T>(work: (rows: SnapshotRows) => Promise<T>): Promise<T>
  /** Runs `work`, which forgets something. What it leaves behind if this process is killed becomes `abandoned`. */
  whileForgetting<T>(work: () => Promise<T>): Promise<T>
  /** What killed gateways were forgetting. Nothing while another gateway forgets something. */
  abandoned(): Promise<readonly UseOf[]>
  /** Prepares the store for exchanges of these times (ms UTC). It does so itself, too, but then a batch waits. */
  makeDays(times: readonly number[]): Promise<void>
  /** Deletes one day of exchanges that is over before a moment (ms UTC). Resolves to true if there may be more. */
  dropDay(before: number): Promise<boolean>
}
