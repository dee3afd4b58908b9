import type { CoverageRow, SumDimension } from '#shared/usage/sum-rows.ts'

/** The numbers are stored, so they must never change. */
export const DIMENSION_NUMBERS: Readonly<Record<SumDimension, number>> = {
  model: 0,
  key: 1,
  origin: 2,
  route: 3,
  all: 4,
  keyModel: 5,
  keyOrigin: 6,
  keyRoute: 7,
}
const DIMENSIONS = new Map(
  Object.entries(DIMENSION_NUMBERS).map(([name, number]) => [number, name as SumDimension] as const),
)

export interface StoredCoverage extends Omit<CoverageRow, 'dimension'> {
  readonly dimension: number
}

/** Skips rows of an unknown dimension. */
export function coverageOf(rows: readonly StoredCoverage[]): CoverageRow[] {
  return rows.flatMap(({ dimension: number, ...level }) => {
    const dimension = DIMENSIONS.get(number)
    return dimension === undefined ? [] : [{ dimension, ...level }]
  })
}
