import type { Connection } from './connection.ts'
import type { DimensionSums } from './dimension-sums.ts'
import {
  DIMENSION_NUMBERS,
  SHORT_KEPT_QUARTERS,
  SHORT_WIDTH,
  SUM_DIMENSIONS,
  type SumDimension,
  valueIn,
  widthsOf,
} from './dimensions.ts'
import type { Level } from './pieces.ts'
import type { QuarterSums } from './quarter-sums.ts'
import type { Reach } from './reach.ts'
import { type Accumulator, addUp, sumsOf } from './sum-rows.ts'

export interface RollUpOptions {
  readonly db: Connection
  readonly quarters: QuarterSums
  readonly dimensions: DimensionSums
  readonly reach: Reach
}

/**
 * Makes the sums of blocks of time that are over. One step makes one block of one dimension, or deletes the short
 * blocks of one day that have had their time; it touches some thousand rows at most, and takes milliseconds. Returns
 * whether there may be more to do. A crash between two steps costs nothing.
 */
export type RollUp = (currentQuarter: number) => boolean

export function createRollUp({ db, quarters, dimensions, reach }: RollUpOptions): RollUp {
  function makeBlock(dimension: SumDimension, level: Level, finer: Level | undefined, current: number): boolean {
    const { width, upto } = level
    const next = finer === undefined ? quarters.nextFrom(upto) : dimensions.nextFrom(dimension, finer.width, upto)
    if (next === undefined) return false
    const from = floorTo(width, next)
    const to = from + width
    if (to > (finer?.upto ?? current)) return false
    // Also blocks from before a part of the use was forgotten, or from a clock that was wrong.
    dimensions.drop({ dimension, width, from: upto, to })
    const sums = finer === undefined ? sumQuarters(dimension, from, to) : sumBlocks(dimension, finer.width, from, to)
    for (const [value, found] of sums) {
      dimensions.put({ ...sumsOf(found), dimension: DIMENSION_NUMBERS[dimension], width, start: from, value })
    }
    reach.set(dimension, { ...level, upto: to })
    return true
  }

  function sumQuarters(dimension: SumDimension, from: number, to: number): Map<number, Accumulator> {
    const found = new Map<number, Accumulator>()
    for (const row of quarters.rows(from, to)) addUp(found, valueIn(dimension, row), row)
    return found
  }

  function sumBlocks(dimension: SumDimension, width: number, from: number, to: number): Map<number, Accumulator> {
    const found = new Map<number, Accumulator>()
    for (const row of dimensions.rows({ dimension, width, from, to })) addUp(found, row.value, row)
    return found
  }

  /** Only once the wider blocks were made of them. */
  function dropShort(dimension: SumDimension, level: Level, wider: Level, current: number): boolean {
    const { width, since, upto } = level
    const end = floorTo(DAY, Math.min(current - SHORT_KEPT_QUARTERS, wider.upto, upto))
    if (since >= end) return false
    const first = dimensions.nextFrom(dimension, width, since) ?? end
    const to = Math.min(end, Math.max(since, floorTo(DAY, first)) + DAY)
    dimensions.drop({ dimension, width, from: since, to })
    reach.set(dimension, { ...level, since: to })
    return true
  }

  function work({ dimension, widths, index }: Task, current: number): boolean {
    const levelAt = (at: number) => levelOf(reach, dimension, widths[at])
    const level = levelAt(index)
    const wider = levelAt(index + 1)
    if (level === undefined) return false
    if (makeBlock(dimension, level, levelAt(index - 1), current)) return true
    return level.width <= SHORT_WIDTH && wider !== undefined && dropShort(dimension, level, wider, current)
  }

  /** Begins where there was work the last time: a long time to catch up with is mostly more of the same. */
  let begin = 0
  function step(current: number): boolean {
    for (let tried = 0; tried < TASKS.length; tried++) {
      const at = (begin + tried) % TASKS.length
      const task = TASKS[at]
      if (task === undefined || !work(task, current)) continue
      begin = at
      return true
    }
    return false
  }

  const inTransaction = db.transaction(step)
  return (currentQuarter) => {
    try {
      return inTransaction.immediate(currentQuarter)
    } catch (error) {
      // What was said in a transaction that was rolled back is not in the file.
      reach.reload()
      throw error
    }
  }
}

/** One width of one dimension. */
interface Task {
  readonly dimension: SumDimension
  readonly widths: readonly number[]
  readonly index: number
}

const TASKS: readonly Task[] = SUM_DIMENSIONS.flatMap((dimension) => {
  const widths = widthsOf(dimension)
  return widths.map((_, index) => ({ dimension, widths, index }))
})

/** In quarters. */
const DAY = 96

function floorTo(width: number, quarter: number): number {
  return quarter - (quarter % width)
}

function levelOf(reach: Reach, dimension: SumDimension, width: number | undefined): Level | undefined {
  return reach.levels(dimension).find((level) => level.width === width)
}
