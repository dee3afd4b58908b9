import type { Level } from '#shared/usage/sum-rows.ts'

/** A part of a range that is read from blocks of one width, or from the quarters. */
export interface Piece {
  readonly width: number | 'quarters'
  readonly from: number
  readonly to: number
}

/**
 * Splits a range of quarters so that each part is read from the widest available blocks. `levels` are ordered from the
 * widest to the finest.
 */
export function pieces(from: number, to: number, levels: readonly Level[]): Piece[] {
  if (from >= to) return []
  const [level, ...finer] = levels
  if (level === undefined) return [{ width: 'quarters', from, to }]
  const { width } = level
  const first = Math.ceil(Math.max(from, level.since) / width) * width
  const last = Math.floor(Math.min(to, level.upto) / width) * width
  if (first >= last) return pieces(from, to, finer)
  return [...pieces(from, first, finer), { width, from: first, to: last }, ...pieces(last, to, finer)]
}
