import type { SummedBy } from './usage-sums.ts'

/**
 * Sums in the form of the store. Texts (key ids, origins, models, routes) are represented by numbers from 1, which the store
 * assigns. Quarters are whole quarter hours since 1970-01-01 UTC. In every range `from` is included and `to` is excluded.
 */

/** Means "none" in a sum key. */
export const NO_TEXT = 0

/** The counts of a set of exchanges. */
export interface Counts {
  requests: number
  refused: number
  promptTokens: number
  completionTokens: number
  unmetered: number
}

/** Counts and response times. */
export interface Sums extends Counts {
  /** Total duration in milliseconds of the answers with completion tokens. */
  tokenMs: number
  /** Stored sketches (see sketch.ts). */
  firstByte: Uint8Array
  duration: Uint8Array
}

/** A range of numbers of texts, or of pairs. */
export interface NumberRange {
  readonly from: number
  readonly to: number
}

/** Identifies one row of the quarters. */
export interface SumKey {
  quarter: number
  key: number
  origin: number
  model: number
  route: number
}

/** Sums of one quarter hour for one combination of key, origin, model and route. */
export interface QuarterRow extends SumKey, Sums {}

/** `upto`: the highest exchange number in the row, or 0 if no start will need it. */
export interface NewQuarterRow extends QuarterRow {
  upto: number
}

/**
 * The dimensions of blocks: those of reports, and pairs: of key and model for the usage that a key may read, and of key and site or
 * route for reports of one person, which only a shared database has, because it has the usage of many.
 */
export type SumDimension = SummedBy | 'keyModel' | PairOfShared
export type PairOfShared = 'keyOrigin' | 'keyRoute'

export interface ValueRow extends Sums {
  /** The number of a text, of a pair of texts, or 0 for all. */
  value: number
}

/** Sums of one block of time for one value of a dimension. `width` and `start` are in quarters. */
export interface BlockRow extends ValueRow {
  dimension: SumDimension
  width: number
  start: number
}

/** A range of blocks of a width; `from` and `to` are multiples of the width. */
export interface BlockRange {
  readonly dimension: SumDimension
  readonly width: number
  readonly from: number
  readonly to: number
}

/** A row with its position among those of its dimension and width: by `start`, then by `value`. */
export interface StoredBlock extends ValueRow {
  start: number
}
export type BlockCursor = Pick<StoredBlock, 'start' | 'value'>

/** The range for which blocks of a width exist: from `since` to `upto`, both multiples of the width. */
export interface Level {
  readonly width: number
  readonly since: number
  readonly upto: number
}

export interface CoverageRow extends Level {
  readonly dimension: SumDimension
}

/** The counts of one value of a dimension, by the value's number. */
export interface ValueCounts extends Counts {
  value: number
}

/** Counts of one model for one key. */
export interface ModelCounts extends Counts {
  model: number
}

/** Which exchanges are in the sums of the store: see migration 3 (`sums_written`). */
export interface Written {
  /** All exchanges up to this number are in the sums. */
  readonly upto: number
  /** The highest number that an exchange ever got, so that none is used twice. */
  readonly numbered: number
}

/** The usage of one key or one origin. */
export interface UseOf {
  readonly by: 'key' | 'origin'
  readonly text: number
}

/** The fields of an exchange that are summed. */
export interface SummedExchange {
  readonly time: number
  readonly key: number | null
  readonly origin: number | null
  readonly model: number | null
  readonly route: number
  readonly refused: boolean
  readonly promptTokens: number | null
  readonly completionTokens: number | null
  readonly metered: boolean
  readonly firstByteMs: number | null
  readonly durationMs: number
}

/** A change of the sums, applied completely or not at all, in the order of these fields. */
export interface SumsChange {
  /** Rows of the quarters to delete. */
  readonly dropQuarters?: UseOf & { readonly from: number; readonly to: number }
  readonly dropBlocks?: readonly BlockRange[]
  /** Added to the existing row of the same sum key, if any. */
  readonly quarters?: readonly NewQuarterRow[]
  /** Added to the existing block of the same value, if any. */
  readonly blocks?: readonly BlockRow[]
  readonly coverage?: readonly CoverageRow[]
  readonly written?: Written
}
