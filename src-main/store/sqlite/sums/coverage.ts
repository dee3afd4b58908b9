import type { Connection } from '../file/connection.ts'
import { DIMENSION_NUMBERS, SUM_DIMENSIONS, type SumDimension, widthsOf } from './dimensions.ts'
import type { Level } from './pieces.ts'

interface CoverageRow {
  dimension: number
  width: number
  since: number
  upto: number
}

/** Which blocks of sums there are. Read once: it is asked for each batch and each report. */
export interface Coverage {
  /** The widest first. */
  levels(dimension: SumDimension): readonly Level[]
  level(dimension: SumDimension, width: number): Level
  /** Only within a transaction; when that fails, call `reload`. */
  set(dimension: SumDimension, level: Level): void
  /** From a quarter on, as if no block were there. */
  endAt(quarter: number): void
  /** No block ends later than this, of whatever dimension; it may be later than all of them. */
  latest(): number
  reload(): void
}

export function createCoverage(db: Connection): Coverage {
  const select = db.prepare<[], CoverageRow>('SELECT dimension, width, since, upto FROM sums_reach')
  const upsert = db.prepare<CoverageRow>(
    `INSERT INTO sums_reach (dimension, width, since, upto) VALUES (@dimension, @width, @since, @upto)
     ON CONFLICT DO UPDATE SET since = excluded.since, upto = excluded.upto`,
  )
  const levels = new Map<SumDimension, Level[]>()
  let latest = 0

  function reload() {
    const rows = select.all()
    latest = 0
    for (const dimension of SUM_DIMENSIONS) {
      levels.set(
        dimension,
        widthsOf(dimension)
          .toReversed()
          .map((width) => levelOf(rows, dimension, width)),
      )
      for (const { upto } of levels.get(dimension) ?? []) latest = Math.max(latest, upto)
    }
  }
  reload()

  function set(dimension: SumDimension, level: Level) {
    upsert.run({ dimension: DIMENSION_NUMBERS[dimension], ...level })
    const before = levels.get(dimension) ?? []
    levels.set(
      dimension,
      before.map((one) => (one.width === level.width ? level : one)),
    )
    latest = Math.max(latest, level.upto)
  }

  return {
    levels: (dimension) => levels.get(dimension) ?? [],
    level: (dimension, width) =>
      levels.get(dimension)?.find((level) => level.width === width) ?? { width, since: 0, upto: 0 },
    set,
    endAt(quarter) {
      for (const dimension of SUM_DIMENSIONS) {
        for (const level of levels.get(dimension) ?? []) {
          const upto = Math.min(level.upto, quarter - (quarter % level.width))
          if (upto < level.upto) set(dimension, { ...level, upto, since: Math.min(level.since, upto) })
        }
      }
    },
    latest: () => latest,
    reload,
  }
}

function levelOf(rows: readonly CoverageRow[], dimension: SumDimension, width: number): Level {
  const number = DIMENSION_NUMBERS[dimension]
  const row = rows.find((one) => one.dimension === number && one.width === width)
  return { width, since: row?.since ?? 0, upto: row?.upto ?? 0 }
}
