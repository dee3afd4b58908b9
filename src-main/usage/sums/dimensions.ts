import type { SumDimension, SumKey } from '#shared/usage/sum-rows.ts'

export const SUM_DIMENSIONS: readonly SumDimension[] = ['model', 'key', 'origin', 'route', 'all', 'keyModel']

/**
 * The widths of blocks in quarters: an hour, six hours, a day, 8 days, 64 days. Each is a multiple of the one before. A
 * report over years reads some thousand rows instead of millions. Sums over everything also have quarters, because in
 * time zones with an offset of half an hour no local hour is a block.
 */
export const WIDTHS = [4, 24, 96, 768, 6144] as const
const WIDTHS_OF_ALL = [1, ...WIDTHS] as const

export function widthsOf(dimension: SumDimension): readonly number[] {
  return dimension === 'all' ? WIDTHS_OF_ALL : WIDTHS
}

/** Far more texts than a store has (67 million). So a pair of key and model fits into a number below 2^53. */
const PAIR = 2 ** 26

/** The value of a row in a dimension. `all` has only one value. */
export function valueIn(dimension: SumDimension, row: SumKey): number {
  if (dimension === 'all') return 0
  return dimension === 'keyModel' ? row.key * PAIR + row.model : row[dimension]
}

export function keyOf(pair: number): number {
  return Math.floor(pair / PAIR)
}

export function modelOf(pair: number): number {
  return pair % PAIR
}

/** The range of all pairs of one key: `from` included, `to` excluded. */
export function pairsOf(key: number): { from: number; to: number } {
  return { from: key * PAIR, to: (key + 1) * PAIR }
}
