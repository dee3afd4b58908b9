import type { SummedBy } from './usage-sums.ts'

/**
 * Sums as they are kept. Texts (key ids, origins, models, routes) are numbers here, which the store gives them from 1 on.
 * Quarters are whole quarter hours since 1970-01-01 UTC. In every range `from` is included and `to` is not.
 */

/** Stands for "none" in a sum key. */
export const NO_TEXT = 0

/** What is added up for every set of exchanges. */
export interface Counts {
  requests: number
  refused: number
  promptTokens: number
  completionTokens: number
  unmetered: number
}

/** Counts, and how fast answers came. */
export interface Sums extends Counts {
  /** Milliseconds that the answers with completion tokens took. */
  tokenMs: number
  /** Sketches as kept (see sketch.ts). */
  firstByte: Uint8Array
  duration: Uint8Array
}

/** What one row of the quarters is of. */
export interface SumKey {
  quarter: number
  key: number
  origin: number
  model: number
  route: number
}

/** Sums of one quarter hour for one combination of key, origin, model and route. */
export interface QuarterRow extends SumKey, Sums {}

/** `upto`: no exchange of the row that has a number has a higher one; 0 where nobody will ask. */
export interface NewQuarterRow extends QuarterRow {
  upto: number
}

/** What sums are made for: each dimension of a report, and pairs of key and model for what a key itself may read. */
export type SumDimension = SummedBy | 'keyModel'

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

/** A part of the blocks of a width; `from` and `to` are multiples of it. */
export interface BlockRange {
  readonly dimension: SumDimension
  readonly width: number
  readonly from: number
  readonly to: number
}

/** Which blocks of a width there are: those from `since` to `upto`, both multiples of the width. */
export interface Level {
  readonly width: number
  readonly since: number
  readonly upto: number
}

export interface CoverageRow extends Level {
  readonly dimension: SumDimension
}

/** A value of a dimension by its number, and its counts. */
export interface ValueCounts extends Counts {
  value: number
}

/** Counts of one model for one key. */
export interface ModelCounts extends Counts {
  model: number
}

/** Which exchanges are in the sums of the store: see migration 3 (`sums_written`). */
export interface Written {
  /** The number of the last exchange of which this and all before are in the sums. */
  readonly upto: number
  /** The highest number that an exchange was given: none is given twice. */
  readonly numbered: number
}

/** The use of one key or one origin. */
export interface UseOf {
  readonly by: 'key' | 'origin'
  readonly text: number
}

/** What of an exchange goes into sums. */
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

/** A change of the sums, made whole or not at all, in the order of these fields. */
export interface SumsChange {
  /** Rows of the quarters to delete. */
  readonly dropQuarters?: UseOf & { readonly from: number; readonly to: number }
  readonly dropBlocks?: readonly BlockRange[]
  /** Added to the row of the same sum key, where there is one. */
  readonly quarters?: readonly NewQuarterRow[]
  /** Added to the block of the same value, where there is one. */
  readonly blocks?: readonly BlockRow[]
  readonly coverage?: readonly CoverageRow[]
  readonly written?: Written
}
