import type { Connection } from '../file/connection.ts'
import type { Coverage } from './coverage.ts'
import type { DimensionSums } from './dimension-sums.ts'
import { DIMENSION_NUMBERS, SUM_DIMENSIONS, type SumDimension, valueIn, WIDTHS } from './dimensions.ts'
import type { QuarterSums } from './quarter-sums.ts'
import { type Accumulator, addUp, sumsOf } from './sum-rows.ts'

export interface RollUpOptions {
  readonly db: Connection
  readonly quarters: QuarterSums
  readonly dimensions: DimensionSums
  readonly coverage: Coverage
}

/**
 * Makes the sums of blocks of time that are over. One step touches some thousand rows, and takes milliseconds. Returns
 * whether there may be more to do. A crash between two steps costs nothing.
 */
export type RollUp = (currentQuarter: number) => boolean

/**
 * Hours are only kept for the time in which reports are by hour or by day; those of all use, of which there are few,
 * for ever.
 */
const HOURS_KEPT = 62 * 96
const [HOUR, ...WIDER] = WIDTHS
/** In quarters. */
const DAY = 96
const ROWS_OF_A_STEP = 1500

/** Sums that are being made, by value. */
type Found = Map<number, Accumulator>

export function createRollUp({ db, quarters, dimensions, coverage }: RollUpOptions): RollUp {
  /** The work there is, in this order: each makes what the next is made of. Each says how many rows it has touched. */
  const tasks: readonly ((current: number) => number)[] = [
    makeHour,
    ...SUM_DIMENSIONS.flatMap((dimension) =>
      WIDER.map((width, index) => () => makeBlock(dimension, width, WIDTHS[index] ?? HOUR)),
    ),
    ...SUM_DIMENSIONS.filter((dimension) => dimension !== 'all').map(
      (dimension) => (current: number) => dropHours(dimension, current),
    ),
  ]

  /** The next hour with use, for all dimensions in one reading; and the quarters of all use. They reach equally far. */
  function makeHour(current: number): number {
    const { upto } = coverage.level('all', HOUR)
    const next = quarters.nextFrom(upto)
    const from = floorTo(HOUR, next ?? 0)
    const to = from + HOUR
    if (next === undefined || to > current) return 0
    const rows = quarters.rows(from, to)
    for (const dimension of SUM_DIMENSIONS) {
      const found: Found = new Map()
      for (const row of rows) addUp(found, valueIn(dimension, row), row)
      put(dimension, { from, upto, width: HOUR }, found)
    }
    for (const [quarter, ofQuarter] of Map.groupBy(rows, (row) => row.quarter)) {
      const found: Found = new Map()
      for (const row of ofQuarter) addUp(found, 0, row)
      put('all', { from: quarter, upto: Math.max(upto, coverage.level('all', 1).upto), width: 1 }, found)
    }
    // Also past quarters without use: what comes late for them is added to the blocks from now on.
    coverage.set('all', { ...coverage.level('all', 1), upto: to })
    return rows.length
  }

  /** The next block with use of one width, out of the next finer ones. */
  function makeBlock(dimension: SumDimension, width: number, finer: number): number {
    const { upto } = coverage.level(dimension, width)
    const next = dimensions.nextFrom(dimension, finer, upto)
    const from = floorTo(width, next ?? 0)
    const to = from + width
    if (next === undefined || to > coverage.level(dimension, finer).upto) return 0
    const found: Found = new Map()
    const rows = dimensions.rows({ dimension, width: finer, from, to })
    for (const row of rows) addUp(found, row.value, row)
    put(dimension, { from, upto, width }, found)
    return rows.length
  }

  function put(
    dimension: SumDimension,
    { from, upto, width }: { from: number; upto: number; width: number },
    found: Found,
  ) {
    // Also blocks from before a part of the use was forgotten, or from a clock that was wrong.
    dimensions.drop({ dimension, width, from: upto, to: from + width })
    for (const [value, sums] of found) {
      dimensions.put({ ...sumsOf(sums), dimension: DIMENSION_NUMBERS[dimension], width, start: from, value })
    }
    coverage.set(dimension, { ...coverage.level(dimension, width), upto: from + width })
  }

  /** A day of them, and only once the wider blocks were made of them. */
  function dropHours(dimension: SumDimension, current: number): number {
    const level = coverage.level(dimension, HOUR)
    const wider = coverage.level(dimension, WIDER[0])
    const end = floorTo(DAY, Math.min(current - HOURS_KEPT, wider.upto))
    if (level.since >= end) return 0
    const first = dimensions.nextFrom(dimension, HOUR, level.since) ?? end
    const to = Math.min(end, Math.max(level.since, floorTo(DAY, first)) + DAY)
    const dropped = dimensions.drop({ dimension, width: HOUR, from: level.since, to })
    coverage.set(dimension, { ...level, since: to })
    return dropped + 1
  }

  const step = db.transaction((current: number) => {
    let rows = 0
    for (const task of tasks) {
      for (let touched = task(current); touched > 0; touched = task(current)) {
        rows += touched
        if (rows >= ROWS_OF_A_STEP) return true
      }
    }
    return rows > 0
  })
  return (current) => {
    try {
      return step.immediate(current)
    } catch (error) {
      // What was said in a transaction that was rolled back is not in the file.
      coverage.reload()
      throw error
    }
  }
}

function floorTo(width: number, quarter: number): number {
  return quarter - (quarter % width)
}
