import type { CoverageRow, Level, SumDimension } from '#shared/usage/sum-rows.ts'
import { type BlockPlan, widthsOf } from './dimensions.ts'

/** The ranges for which blocks of sums exist. Kept in memory, because each batch and each report needs them. */
export class Coverage {
  #levels = new Map<SumDimension, readonly Level[]>()
  #latest = 0

  readonly plan: BlockPlan

  constructor(rows: readonly CoverageRow[], plan: BlockPlan) {
    this.plan = plan
    this.reset(rows)
  }

  get dimensions(): readonly SumDimension[] {
    return this.plan.dimensions
  }

  /** Replaces all rows. */
  reset(rows: readonly CoverageRow[]): void {
    this.#levels = new Map(this.dimensions.map((dimension) => [dimension, levelsOf(rows, dimension, this.plan)]))
    this.#latest = Math.max(...[...this.#levels.values()].flat().map(({ upto }) => upto))
  }

  /** Widest first. */
  levels(dimension: SumDimension): readonly Level[] {
    return this.#levels.get(dimension) ?? []
  }

  level(dimension: SumDimension, width: number): Level {
    return this.levels(dimension).find((level) => level.width === width) ?? { width, since: 0, upto: 0 }
  }

  /** An upper limit for the ends of all blocks of all dimensions. */
  latest(): number {
    return this.#latest
  }

  /** Call after the rows were written to the store. */
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

  /** Rows that end the coverage at a quarter. */
  endingAt(quarter: number): CoverageRow[] {
    return this.dimensions.flatMap((dimension) =>
      this.levels(dimension).flatMap((level) => {
        const upto = Math.min(level.upto, quarter - (quarter % level.width))
        return upto < level.upto ? [{ dimension, ...level, upto, since: Math.min(level.since, upto) }] : []
      }),
    )
  }
}

function levelsOf(rows: readonly CoverageRow[], dimension: SumDimension, plan: BlockPlan): Level[] {
  return widthsOf(plan, dimension)
    .toReversed()
    .map((width) => {
      const row = rows.find((one) => one.dimension === dimension && one.width === width)
      return { width, since: row?.since ?? 0, upto: row?.upto ?? 0 }
    })
}
