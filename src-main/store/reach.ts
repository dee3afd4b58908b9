import type { Connection } from './connection.ts'
import { DIMENSION_NUMBERS, SUM_DIMENSIONS, type SumDimension, widthsOf } from './dimensions.ts'
import type { Level } from './pieces.ts'

interface ReachRow {
  dimension: number
  width: number
  since: number
  upto: number
}

/** Which blocks of sums there are. Read once: it is asked for each batch and each report. */
export interface Reach {
  /** The widest first. */
  levels(dimension: SumDimension): readonly Level[]
  /** Only within a transaction; when that fails, call `reload`. */
  set(dimension: SumDimension, level: Level): void
  /** From a quarter on, as if no block were there. */
  endAt(quarter: number): void
  /** No block ends later than this, of whatever dimension. */
  latest(): number
  reload(): void
}

export function createReach(db: Connection): Reach {
  const select = db.prepare<[], ReachRow>('SELECT dimension, width, since, upto FROM sums_reach')
  const upsert = db.prepare<ReachRow>(
    `INSERT INTO sums_reach (dimension, width, since, upto) VALUES (@dimension, @width, @since, @upto)
     ON CONFLICT DO UPDATE SET since = excluded.since, upto = excluded.upto`,
  )
  let levels: Readonly<Record<SumDimension, readonly Level[]>>
  let latest = 0

  function reload() {
    const rows = select.all()
    const levelOf = (dimension: SumDimension, width: number): Level =>
      rows.find((row) => row.dimension === DIMENSION_NUMBERS[dimension] && row.width === width) ?? {
        width,
        since: 0,
        upto: 0,
      }
    const all = SUM_DIMENSIONS.map((name) => [
      name,
      widthsOf(name)
        .toReversed()
        .map((width) => levelOf(name, width)),
    ])
    levels = Object.fromEntries(all) as typeof levels
    latest = rows.reduce((most, { upto }) => Math.max(most, upto), 0)
  }
  reload()

  function set(dimension: SumDimension, level: Level) {
    upsert.run({ dimension: DIMENSION_NUMBERS[dimension], width: level.width, since: level.since, upto: level.upto })
    reload()
  }
  return {
    levels: (dimension) => levels[dimension],
    set,
    endAt(quarter) {
      for (const dimension of SUM_DIMENSIONS) {
        for (const level of levels[dimension]) {
          const upto = Math.min(level.upto, quarter - (quarter % level.width))
          if (upto < level.upto) set(dimension, { ...level, upto, since: Math.min(level.since, upto) })
        }
      }
    },
    latest: () => latest,
    reload,
  }
}
