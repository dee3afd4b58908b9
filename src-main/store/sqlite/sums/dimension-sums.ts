import type { Connection } from '../file/connection.ts'
import type { Coverage } from './coverage.ts'
import { DIMENSION_NUMBERS, pairsOf, SUM_DIMENSIONS, type SumDimension, valueIn } from './dimensions.ts'
import { ADD_SUMS, type Counts, type QuarterRow, SUM_COLUMNS, SUM_COUNTS, SUM_SLOTS, type Sums } from './sum-rows.ts'

/** Sums of one block of time for one value of a dimension. */
export interface BlockRow extends Sums {
  dimension: number
  width: number
  start: number
  value: number
}

/** A value of a dimension by its number, and its counts. */
export interface ValueCounts extends Counts {
  value: number
}

/** A part of the blocks of a width: `from` included, `to` excluded, multiples of it. */
interface BlockRange {
  readonly dimension: SumDimension
  readonly width: number
  readonly from: number
  readonly to: number
}

/**
 * Sums by one dimension over blocks of time. A block is made when it is over (see `createRollUp`), so that an exchange
 * costs no more for them; what is recorded late, for a block that is there already, is added to it.
 */
export interface DimensionSums {
  /** Adds a row to the blocks that are there already. */
  addLate(row: QuarterRow): void
  put(row: BlockRow): void
  rows(range: BlockRange): BlockRow[]
  counts(range: BlockRange): ValueCounts[]
  /** Counts of one key by model, out of the pairs. */
  countsOfKey(key: number, width: number, from: number, to: number): ValueCounts[]
  /** Deletes blocks; returns how many rows. */
  drop(range: BlockRange): number
  /** The first block of a width with any use at or after a quarter. */
  nextFrom(dimension: SumDimension, width: number, quarter: number): number | undefined
}

export function createDimensionSums(db: Connection, coverage: Coverage): DimensionSums {
  const IN_RANGE = 'dimension = ? AND width = ? AND start >= ? AND start < ?'
  type Bounds = [dimension: number, width: number, from: number, to: number]
  const bounds = ({ dimension, width, from, to }: BlockRange): Bounds => [DIMENSION_NUMBERS[dimension], width, from, to]

  const upsert = db.prepare<BlockRow>(
    `INSERT INTO dimension_sums (dimension, width, start, value, ${SUM_COLUMNS})
     VALUES (@dimension, @width, @start, @value, ${SUM_SLOTS})
     ON CONFLICT DO UPDATE SET ${ADD_SUMS}`,
  )
  const rows = db.prepare<Bounds, BlockRow>(`SELECT * FROM dimension_sums WHERE ${IN_RANGE}`)
  const counts = db.prepare<Bounds, ValueCounts>(
    `SELECT value, ${SUM_COUNTS} FROM dimension_sums WHERE ${IN_RANGE} GROUP BY value`,
  )
  const ofKey = db.prepare<[...Bounds, number, number], ValueCounts>(
    `SELECT value, ${SUM_COUNTS} FROM dimension_sums WHERE ${IN_RANGE} AND value >= ? AND value < ? GROUP BY value`,
  )
  const drop = db.prepare<Bounds>(`DELETE FROM dimension_sums WHERE ${IN_RANGE}`)
  const next = db
    .prepare<[number, number, number], number | null>(
      'SELECT MIN(start) FROM dimension_sums WHERE dimension = ? AND width = ? AND start >= ?',
    )
    .pluck()

  return {
    addLate(row) {
      if (row.quarter >= coverage.latest()) return
      for (const dimension of SUM_DIMENSIONS) {
        for (const { width, since, upto } of coverage.levels(dimension)) {
          if (row.quarter < since || row.quarter >= upto) continue
          const start = row.quarter - (row.quarter % width)
          upsert.run({ ...row, dimension: DIMENSION_NUMBERS[dimension], width, start, value: valueIn(dimension, row) })
        }
      }
    },
    put: (row) => void upsert.run(row),
    rows: (range) => rows.all(...bounds(range)),
    counts: (range) => counts.all(...bounds(range)),
    countsOfKey(key, width, from, to) {
      const pairs = pairsOf(key)
      return ofKey.all(...bounds({ dimension: 'keyModel', width, from, to }), pairs.from, pairs.to)
    },
    drop: (range) => drop.run(...bounds(range)).changes,
    nextFrom: (dimension, width, quarter) => next.get(DIMENSION_NUMBERS[dimension], width, quarter) ?? undefined,
  }
}
