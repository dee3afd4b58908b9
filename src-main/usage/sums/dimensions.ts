import type { NumberRange, SumDimension, SumKey } from '#shared/usage/sum-rows.ts'

/** The blocks of a store. */
export interface BlockPlan {
  readonly dimensions: readonly SumDimension[]
  /**
   * Dimensions with a block for each quarter, too: in time zones with an offset of half an hour no local hour is a block. The
   * rows that have all dimensions together are many more.
   */
  readonly ofQuarters: readonly SumDimension[]
}

const DIMENSIONS: readonly SumDimension[] = ['model', 'key', 'origin', 'route', 'all', 'keyModel']
/** A file on its own has little usage, so the quarters over everything are enough for quick reports. */
export const OWN_BLOCKS: BlockPlan = { dimensions: DIMENSIONS, ofQuarters: ['all'] }
export const SHARED_BLOCKS: BlockPlan = {
  dimensions: [...DIMENSIONS, 'keyOrigin', 'keyRoute'],
  ofQuarters: ['model', 'key', 'origin', 'route', 'all'],
}

/** What is paired with the key. */
const PAIRED = { keyModel: 'model', keyOrigin: 'origin', keyRoute: 'route' } as const

/**
 * The widths of blocks in quarters: an hour, six hours, a day, 8 days, 64 days. Each is a multiple of the one before. A
 * report over years reads some thousand rows instead of millions.
 */
export const WIDTHS = [4, 24, 96, 768, 6144] as const
const WITH_QUARTERS = [1, ...WIDTHS] as const

export function widthsOf({ ofQuarters }: BlockPlan, dimension: SumDimension): readonly number[] {
  return ofQuarters.includes(dimension) ? WITH_QUARTERS : WIDTHS
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
