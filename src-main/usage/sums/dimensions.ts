import type { SumDimension, SumKey } from '#shared/usage/sum-rows.ts'

export const SUM_DIMENSIONS: readonly SumDimension[] = ['model', 'key', 'origin', 'route', 'all', 'keyModel']

/**
 * How long the blocks of sums are, in quarters: an hour, six hours, a day, 8 days, 64 days; each a whole number of the
 * one before. A report over years reads some thousand rows and not millions. Reports of all use also have quarters:
 * in zones that are off by half an hour, no hour of the person's is one of the file's.
 */
export const WIDTHS = [4, 24, 96, 768, 6144] as const
const WIDTHS_OF_ALL = [1, ...WIDTHS] as const

export function widthsOf(dimension: SumDimension): readonly number[] {
  return dimension === 'all' ? WIDTHS_OF_ALL : WIDTHS
}

/** Numbers of texts stay far below this: 67 million texts. Together with a key's the pair is below 2^53. */
const PAIR = 2 ** 26

/** The value that a row counts for. `all` has only one. */
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

/** All pairs of one key: `from` included, `to` excluded. */
export function pairsOf(key: number): { from: number; to: number } {
  return { from: key * PAIR, to: (key + 1) * PAIR }
}
