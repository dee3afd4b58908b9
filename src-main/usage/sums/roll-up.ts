import type { BlockRange, BlockRow, CoverageRow, SumDimension, SumsChange } from '#shared/usage/sum-rows.ts'
import { type Accumulator, addUp, sumsOf } from './accumulator.ts'
import type { Coverage } from './coverage.ts'
import { SUM_DIMENSIONS, valueIn, WIDTHS } from './dimensions.ts'
import type { BlockRows, QuarterRows, UsageRows } from './ports.ts'

export interface RollUpOptions {
  readonly rows: Pick<QuarterRows, 'quarters' | 'nextQuarter'> &
    Pick<BlockRows, 'blocks' | 'nextBlock'> &
    Pick<UsageRows, 'apply'>
  readonly coverage: Coverage
}

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

/** Resolves to how many rows it has touched: 0 when there was nothing to do. */
type Task = (current: number) => Promise<number>

/** Blocks to be written, in place of those that are there. */
interface Made {
  readonly drop: BlockRange
  readonly blocks: readonly BlockRow[]
  readonly coverage: CoverageRow
}

/**
 * Makes the sums of blocks of time that are over, so that an exchange costs no more for them. Each block is a transaction
 * of its own, together with the row that says that it is there: a crash between two costs nothing.
 */
export class RollUp {
  readonly #rows: RollUpOptions['rows']
  readonly #coverage: Coverage
  /** The work there is, in this order: each makes what the next is made of. */
  readonly #tasks: readonly Task[] = [
    (current) => this.#makeHour(current),
    ...SUM_DIMENSIONS.flatMap((dimension) =>
      WIDER.map((width, index) => () => this.#makeBlock(dimension, width, WIDTHS[index] ?? HOUR)),
    ),
    ...SUM_DIMENSIONS.filter((dimension) => dimension !== 'all').map(
      (dimension) => (current: number) => this.#dropHours(dimension, current),
    ),
  ]

  constructor({ rows, coverage }: RollUpOptions) {
    this.#rows = rows
    this.#coverage = coverage
  }

  /** Touches some thousand rows, and takes milliseconds. Resolves to whether there may be more to do. */
  async step(current: number): Promise<boolean> {
    let rows = 0
    for (const task of this.#tasks) {
      for (let touched = await task(current); touched > 0; touched = await task(current)) {
        rows += touched
        if (rows >= ROWS_OF_A_STEP) return true
      }
    }
    return rows > 0
  }

  /** The next hour with use, for all dimensions in one reading; and the quarters of all use. They reach equally far. */
  async #makeHour(current: number): Promise<number> {
    const { upto } = this.#coverage.level('all', HOUR)
    const next = await this.#rows.nextQuarter(upto)
    const from = floorTo(HOUR, next ?? 0)
    const to = from + HOUR
    if (next === undefined || to > current) return 0
    const rows = await this.#rows.quarters(from, to)
    const hours = SUM_DIMENSIONS.map((dimension) => {
      const found: Found = new Map()
      for (const row of rows) addUp(found, valueIn(dimension, row), row)
      return this.#made(dimension, { width: HOUR, upto, to }, blocksOf(found, { dimension, width: HOUR, start: from }))
    })
    const quarters = [...Map.groupBy(rows, (row) => row.quarter)].flatMap(([start, ofQuarter]) => {
      const found: Found = new Map()
      for (const row of ofQuarter) addUp(found, 0, row)
      return blocksOf(found, { dimension: 'all', width: 1, start })
    })
    // Also past quarters without use: what comes late for them is added to the blocks from now on.
    const ofAll = this.#made(
      'all',
      { width: 1, upto: Math.max(upto, this.#coverage.level('all', 1).upto), to },
      quarters,
    )
    await this.#apply([...hours, ofAll])
    return rows.length
  }

  /** The next block with use of one width, out of the next finer ones. */
  async #makeBlock(dimension: SumDimension, width: number, finer: number): Promise<number> {
    const { upto } = this.#coverage.level(dimension, width)
    const next = await this.#rows.nextBlock(dimension, finer, upto)
    const from = floorTo(width, next ?? 0)
    const to = from + width
    if (next === undefined || to > this.#coverage.level(dimension, finer).upto) return 0
    const found: Found = new Map()
    const rows = await this.#rows.blocks({ dimension, width: finer, from, to })
    for (const row of rows) addUp(found, row.value, row)
    await this.#apply([this.#made(dimension, { width, upto, to }, blocksOf(found, { dimension, width, start: from }))])
    return rows.length
  }

  /** A day of them, and only once the wider blocks were made of them. */
  async #dropHours(dimension: SumDimension, current: number): Promise<number> {
    const level = this.#coverage.level(dimension, HOUR)
    const wider = this.#coverage.level(dimension, WIDER[0])
    const end = floorTo(DAY, Math.min(current - HOURS_KEPT, wider.upto))
    if (level.since >= end) return 0
    const first = (await this.#rows.nextBlock(dimension, HOUR, level.since)) ?? end
    const to = Math.min(end, Math.max(level.since, floorTo(DAY, first)) + DAY)
    const drop = { dimension, width: HOUR, from: level.since, to }
    const dropped = await this.#change({ dropBlocks: [drop], coverage: [{ dimension, ...level, since: to }] })
    return dropped + 1
  }

  /** Also drops blocks from before a part of the use was forgotten, or from a clock that was wrong. */
  #made(
    dimension: SumDimension,
    { width, upto, to }: { width: number; upto: number; to: number },
    blocks: readonly BlockRow[],
  ): Made {
    const coverage = { dimension, ...this.#coverage.level(dimension, width), upto: to }
    return { drop: { dimension, width, from: upto, to }, blocks, coverage }
  }

  #apply(made: readonly Made[]): Promise<number> {
    return this.#change({
      dropBlocks: made.map(({ drop }) => drop),
      blocks: made.flatMap(({ blocks }) => blocks),
      coverage: made.map(({ coverage }) => coverage),
    })
  }

  async #change(change: SumsChange & Required<Pick<SumsChange, 'coverage'>>): Promise<number> {
    const dropped = await this.#rows.apply(change)
    this.#coverage.accept(change.coverage)
    return dropped
  }
}

function blocksOf(found: Found, block: Pick<BlockRow, 'dimension' | 'width' | 'start'>): BlockRow[] {
  return Array.from(found, ([value, sums]) => ({ ...sumsOf(sums), ...block, value }))
}

function floorTo(width: number, quarter: number): number {
  return quarter - (quarter % width)
}
