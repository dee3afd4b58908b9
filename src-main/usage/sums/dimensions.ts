import type { NumberRange, SumDimension, SumKey } from '#shared/usage/sum-rows.ts'

/** The width of the finest blocks that all dimensions have, in quarters. */
export const HOUR = 4

/** The blocks of a store. A report over years reads some thousand of them instead of millions of quarters. */
export interface BlockPlan {
  readonly dimensions: readonly SumDimension[]
  /** The widths beyond an hour, in quarters. Each is a multiple of the one before. */
  readonly wider: readonly number[]
  /**
   * Dimensions with a block for each quarter, too: in time zones with an offset of half an hour no local hour is a block. The
   * rows that have all dimensions together are many more.
   */
  readonly ofQuarters: readonly SumDimension[]
}

/** A file on its own has little usage. Six hours, a day, 8 days and 64 days. */
export const OWN_BLOCKS: BlockPlan = {
  dimensions: ['model', 'key', 'origin', 'route', 'all', 'keyModel'],
  wider: [24, 96, 768, 6144],
  ofQuarters: ['all'],
}

/** With two and twelve hours, too, a local day has five to seven blocks instead of nine. */
export const SHARED_BLOCKS: BlockPlan = {
  dimensions: [...OWN_BLOCKS.dimensions, 'keyOrigin', 'keyRoute'],
  wider: [8, 24, 48, 96, 768, 6144],
  ofQuarters: ['model', 'key', 'origin', 'route', 'all'],
}

/** What is paired with the key. */
const PAIRED = { keyModel: 'model', keyOrigin: 'origin', keyRoute: 'route' } as const

export function widthsOf({ wider, ofQuarters }: BlockPlan, dimension: SumDimension): readonly number[] {
  return ofQuarters.includes(dimension) ? [1, HOUR, ...wider] : [HOUR, ...wider]
}

/** Far more texts than a store has (67 million). So a pair of key and model fits into a number below 2^53. */
const PAIR = 2 ** 26

/** The value of a row in a dimension. `all` has only one value. */
export function valueIn(dimension: SumDimension, row: SumKey): number {
  switch (dimension) {
    case 'all':
      return 0
    case 'keyModel':
    case 'keyOrigin':
    case 'keyRoute':
      return pairOf(row.key, row[PAIRED[dimension]])
    default:
      return row[dimension]
  }
}

export function pairOf(key: number, model: number): number {
  return key * PAIR + model
}

export function keyOf(pair: number): number {
  return Math.floor(pair / PAIR)
}

export function otherOf(pair: number): number {
  return pair % PAIR
}

/** The range of all pairs of one key: `from` included, `to` excluded. */
export function pairsOf(key: number): NumberRange {
  return { from: key * PAIR, to: (key + 1) * PAIR }
}
