import type {
  BlockCursor,
  BlockRange,
  BlockRow,
  CoverageRow,
  NumberRange,
  StoredBlock,
  SumDimension,
  ValueCounts,
} from '#shared/usage/sum-rows.ts'
import { coverageOf, DIMENSION_NUMBERS, type StoredCoverage } from '../../rows/dimension-numbers.ts'
import type { Connection } from '../file/connection.ts'
import { ADD_SUMS, SUM_COLUMNS, SUM_COUNTS, SUM_FIELDS, SUM_SLOTS, sumValues } from './sum-columns.ts'

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
  const batch = db.prepare<[...Bounds, start: number, value: number, limit: number], StoredBlock>(
    `SELECT start, value, ${SUM_FIELDS} FROM dimension_sums
     WHERE ${IN_RANGE} AND (start, value) > (?, ?) ORDER BY start, value LIMIT ?`,
  )
  const batchBetween = db.prepare<
    [...Bounds, start: number, value: number, from: number, to: number, limit: number],
    StoredBlock
  >(
    `SELECT start, value, ${SUM_FIELDS} FROM dimension_sums
     WHERE ${IN_RANGE} AND (start, value) > (?, ?) AND value >= ? AND value < ? ORDER BY start, value LIMIT ?`,
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
    /** The next rows after a cursor, by `start` and then by `value`; the first ones without a cursor. */
    batch: (range: BlockRange, after: BlockCursor = { start: range.from, value: -1 }, values?: NumberRange) =>
      values === undefined
        ? batch.all(...boundsOf(range), after.start, after.value, ROWS_OF_A_BATCH)
        : batchBetween.all(...boundsOf(range), after.start, after.value, values.from, values.to, ROWS_OF_A_BATCH),
    counts: (range: BlockRange, values: NumberRange | undefined) =>
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
  const select = db.prepare<[], StoredCoverage>('SELECT dimension, width, since, upto FROM sums_reach')
  const upsert = db.prepare<[number, number, number, number]>(
    `INSERT INTO sums_reach (dimension, width, since, upto) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET since = excluded.since, upto = excluded.upto`,
  )
  return {
    load: () => coverageOf(select.all()),
    put: ({ dimension, width, since, upto }: CoverageRow) =>
      void upsert.run(DIMENSION_NUMBERS[dimension], width, since, upto),
  }
}
