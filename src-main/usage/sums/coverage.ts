import type { CoverageRow, Level, SumDimension } from '#shared/usage/sum-rows.ts'
import { SUM_DIMENSIONS, widthsOf } from './dimensions.ts'

/** Which blocks of sums there are. Read once: it is asked for each batch and each report. */
export class Coverage {
  #levels = new Map<SumDimension, readonly Level[]>()
  #latest = 0

  constructor(rows: readonly CoverageRow[]) {
    this.reset(rows)
  }

  /** Takes in all rows anew. */
  reset(rows: readonly CoverageRow[]): void {
    this.#levels = new Map(SUM_DIMENSIONS.map((dimension) => [dimension, levelsOf(rows, dimension)]))
    this.#latest = Math.max(...[...this.#levels.values()].flat().map(({ upto }) => upto))
  }

  /** The widest first. */
  levels(dimension: SumDimension): readonly Level[] {
    return this.#levels.get(dimension) ?? []
  }

  level(dimension: SumDimension, width: number): Level {
    return this.levels(dimension).find((level) => level.width === width) ?? { width, since: 0, upto: 0 }
  }

  /** No block ends later than this, of whatever dimension; it may be later than all of them. */
  latest(): number {
    return this.#latest
  }

  /** Takes in rows once the store has them. */
  accept(rows: readonly CoverageRow[]): void {
    for (const { dimension, ...level } of rows) {
      const before = this.levels(dimension)
      this.#levels.set(
        dimension,
        before.map((one) => (one.width === level.width ? level : one)),
      )
      this.#latest = Math.max(this.#latest, level.upto)
    }
  }

  /** The rows that say that from a quarter on there are no blocks. */
  endingAt(quarter: number): CoverageRow[] {
    return SUM_DIMENSIONS.flatMap((dimension) =>
      this.levels(dimension).flatMap((level) => {
        const upto = Math.min(level.upto, quarter - (quarter % level.width))
        return upto < level.upto ? [{ dimension, ...level, upto, since: Math.min(level.since, upto) }] : []
      }),
    )
  }
}

function levelsOf(rows: readonly CoverageRow[], dimension: SumDimension): Level[] {
  return widthsOf(dimension)
    .toReversed()
    .map((width) => {
      const row = rows.find((one) => one.dimension === dimension && one.width === width)
      return { width, since: row?.since ?? 0, upto: row?.upto ?? 0 }
    })
}
