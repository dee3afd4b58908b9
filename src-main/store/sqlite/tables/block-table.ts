import type {
  BlockPlace,
  BlockRange,
  BlockRow,
  CoverageRow,
  PlacedRow,
  SumDimension,
  ValueCounts,
} from '#shared/usage/sum-rows.ts'
import type { Connection } from '../file/connection.ts'
import { ADD_SUMS, SUM_COLUMNS, SUM_COUNTS, SUM_FIELDS, SUM_SLOTS, sumValues } from './sum-columns.ts'

/** The numbers are stored in the file, so they must never change. */
const DIMENSION_NUMBERS: Readonly<Record<SumDimension, number>> = {
  model: 0,
  key: 1,
  origin: 2,
  route: 3,
  all: 4,
  keyModel: 5,
}
const DIMENSIONS = new Map(
  Object.entries(DIMENSION_NUMBERS).map(([name, number]) => [number, name as SumDimension] as const),
)

const IN_RANGE = 'dimension = ? AND width = ? AND start >= ? AND start < ?'
/** So many are read in a millisecond or two. */
const ROWS_OF_A_BATCH = 250

type Bounds = [dimension: number, width: number, from: number, to: number]

export type BlockTable = ReturnType<typeof createBlockTable>

/** Sums by one dimension over blocks of time. */
export function createBlockTable(db: Connection) {
  const upsert = db.prepare(
    `INSERT INTO dimension_sums (dimension, width, start, value, ${SUM_COLUMNS}) VALUES (?, ?, ?, ?, ${SUM_SLOTS})
     ON CONFLICT DO UPDATE SET ${ADD_SUMS}`,
  )
  const batch = db.prepare<[...Bounds, start: number, value: number, limit: number], PlacedRow>(
    `SELECT start, value, ${SUM_FIELDS} FROM dimension_sums
     WHERE ${IN_RANGE} AND (start, value) > (?, ?) ORDER BY start, value LIMIT ?`,
  )
  const counts = db.prepare<Bounds, ValueCounts>(
    `SELECT value, ${SUM_COUNTS} FROM dimension_sums WHERE ${IN_RANGE} GROUP BY value`,
  )
  const countsBetween = db.prepare<[...Bounds, number, number], ValueCounts>(
    `SELECT value, ${SUM_COUNTS} FROM dimension_sums WHERE ${IN_RANGE} AND value >= ? AND value < ? GROUP BY value`,
  )
  const drop = db.prepare<Bounds>(`DELETE FROM dimension_sums WHERE ${IN_RANGE}`)
  const next = db
    .prepare<[number, number, number], number | null>(
      'SELECT MIN(start) FROM dimension_sums WHERE dimension = ? AND width = ? AND start >= ?',
    )
    .pluck()
  return {
    add(row: BlockRow): void {
      upsert.run(DIMENSION_NUMBERS[row.dimension], row.width, row.start, row.value, ...sumValues(row))
    },
    /** The next rows after a place, in the order of their places; from the first one on without. */
    batch: (range: BlockRange, after: BlockPlace = { start: range.from, value: -1 }) =>
      batch.all(...boundsOf(range), after.start, after.value, ROWS_OF_A_BATCH),
    counts: (range: BlockRange, values: { from: number; to: number } | undefined) =>
      values === undefined
        ? counts.all(...boundsOf(range))
        : countsBetween.all(...boundsOf(range), values.from, values.to),
    /** Returns the number of deleted rows. */
    drop: (range: BlockRange) => drop.run(...boundsOf(range)).changes,
    /** The first block of a width with usage at or after a quarter. */
    next: (dimension: SumDimension, width: number, quarter: number) =>
      next.get(DIMENSION_NUMBERS[dimension], width, quarter) ?? undefined,
  }
}

function boundsOf({ dimension, width, from, to }: BlockRange): Bounds {
  return [DIMENSION_NUMBERS[dimension], width, from, to]
}

export type CoverageTable = ReturnType<typeof createCoverageTable>

/** The ranges for which blocks exist. */
export function createCoverageTable(db: Connection) {
  const select = db.prepare<[], Omit<CoverageRow, 'dimension'> & { dimension: number }>(
    'SELECT dimension, width, since, upto FROM sums_reach',
  )
  const upsert = db.prepare<[number, number, number, number]>(
    `INSERT INTO sums_reach (dimension, width, since, upto) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET since = excluded.since, upto = excluded.upto`,
  )
  return {
    load: (): CoverageRow[] =>
      select.all().flatMap(({ dimension: number, ...level }) => {
        const dimension = DIMENSIONS.get(number)
        return dimension === undefined ? [] : [{ dimension, ...level }]
      }),
    put: ({ dimension, width, since, upto }: CoverageRow) =>
      void upsert.run(DIMENSION_NUMBERS[dimension], width, since, upto),
  }
}
