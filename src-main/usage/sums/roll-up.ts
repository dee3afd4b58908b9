import type { BlockRange, BlockRow, CoverageRow, QuarterRow, SumDimension, SumsChange } from '#shared/usage/sum-rows.ts'
import { type Accumulator, addUp, sumsOf } from './accumulator.ts'
import type { Coverage } from './coverage.ts'
import { HOUR, valueIn } from './dimensions.ts'
import { everyBlock } from './every-block.ts'
import type { BlockRows, QuarterRows, UsageRows } from './ports.ts'

export interface RollUpOptions {
  readonly rows: Pick<QuarterRows, 'quarters' | 'nextQuarter'> &
    Pick<BlockRows, 'blocks' | 'nextBlock'> &
    Pick<UsageRows, 'apply'>
  readonly coverage: Coverage
  /** Whether the hours of long ago are deleted, which makes the store smaller and reports of years slower. */
  readonly dropsHours: boolean
}

/**
 * Blocks of an hour are kept as long as reports by hour or day need them. Those over everything are few and are kept
 * forever.
 */
const HOURS_KEPT = 62 * 96
/** In quarters. */
const DAY = 96
const ROWS_OF_A_STEP = 1500

/** Sums by value. */
type Found = Map<number, Accumulator>

/** Resolves to the number of rows it has read; 0 if there was nothing to do. */
type Task = (current: number) => Promise<number>

/** Blocks to write in place of the existing ones. */
interface Made {
  readonly drop: BlockRange
  readonly blocks: readonly BlockRow[]
  readonly coverage: CoverageRow
}

/**
 * Computes the blocks of past time later, so that recording an exchange costs nothing for them. Each block is written in
 * one transaction with its coverage, so a crash between two blocks loses nothing.
 */
export class RollUp {
  readonly #rows: RollUpOptions['rows']
  readonly #coverage: Coverage
  readonly #tasks: readonly Task[]

  constructor({ rows, coverage, dropsHours }: RollUpOptions) {
    this.#rows = rows
    this.#coverage = coverage
    const { dimensions, wider } = coverage.plan
    // In this order, because each task creates the input of the next.
    this.#tasks = [
      () => this.#catchUp(),
      (current) => this.#makeHour(current),
      ...dimensions.flatMap((dimension) =>
        wider.map((width, index) => () => this.#makeBlock(dimension, width, wider[index - 1] ?? HOUR)),
      ),
      ...dimensions
        .filter((dimension) => dropsHours && dimension !== 'all')
        .map((dimension) => (current: number) => this.#dropHours(dimension, current)),
    ]
  }

  /** Reads some thousand rows, which takes milliseconds. Resolves to true if there may be more to do. */
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

  /** Creates the next past hour for dimensions that have fewer hours than the others, because they are newer than the usage. */
  async #catchUp(): Promise<number> {
    const { upto: end } = this.#coverage.level('all', HOUR)
    const starts = this.#coverage.dimensions.map((dimension) => this.#coverage.level(dimension, HOUR).upto)
    const upto = Math.min(...starts)
    if (upto >= end) return 0
    const behind = this.#coverage.dimensions.filter((_, at) => starts[at] === upto)
    const from = floorTo(HOUR, Math.min(end, (await this.#rows.nextQuarter(upto)) ?? end))
    const to = Math.min(end, from + HOUR)
    const rows = await this.#rows.quarters(from, to)
    await this.#apply(behind.map((dimension) => this.#hourOf(dimension, rows, { from, upto, to })))
    return Math.max(1, rows.length)
  }

  /** Creates the next hour with usage for all dimensions from one read, and the quarters of that hour for those that have them. */
  async #makeHour(current: number): Promise<number> {
    const { upto } = this.#coverage.level('all', HOUR)
    const next = await this.#rows.nextQuarter(upto)
    const from = floorTo(HOUR, next ?? 0)
    const to = from + HOUR
    if (next === undefined || to > current) return 0
    const rows = await this.#rows.quarters(from, to)
    const { dimensions, ofQuarters } = this.#coverage.plan
    const hours = dimensions.map((dimension) => this.#hourOf(dimension, rows, { from, upto, to }))
    const quarters = ofQuarters.map((dimension) => this.#quartersOf(dimension, rows, { upto, to }))
    await this.#apply([...hours, ...quarters])
    return rows.length
  }

  /**
   * The coverage includes quarters without usage, so late exchanges are added to their blocks from now on. It may end within the
   * hour, where usage was forgotten: all quarters of the hour are replaced. A dimension that is newer than the usage begins here.
   */
  #quartersOf(dimension: SumDimension, rows: readonly QuarterRow[], { upto, to }: { upto: number; to: number }): Made {
    const before = this.#coverage.level(dimension, 1)
    const blocks = [...Map.groupBy(rows, (row) => row.quarter)].flatMap(([start, ofQuarter]) =>
      blocksOf(sumsBy(dimension, ofQuarter), { dimension, width: 1, start }),
    )
    const since = before.upto < upto ? upto : before.since
    return { drop: { dimension, width: 1, from: upto, to }, blocks, coverage: { dimension, width: 1, since, upto: to } }
  }

  #hourOf(
    dimension: SumDimension,
    rows: readonly QuarterRow[],
    { from, upto, to }: { from: number; upto: number; to: number },
  ): Made {
    const blocks = blocksOf(sumsBy(dimension, rows), { dimension, width: HOUR, start: from })
    return this.#made(dimension, { width: HOUR, upto, to }, blocks)
  }

  /** Creates the next block with usage of one width from the next finer blocks. */
  async #makeBlock(dimension: SumDimension, width: number, finer: number): Promise<number> {
    const { upto } = this.#coverage.level(dimension, width)
    const next = await this.#rows.nextBlock(dimension, finer, upto)
    const from = floorTo(width, next ?? 0)
    const to = from + width
    if (next === undefined || to > this.#coverage.level(dimension, finer).upto) return 0
    const found: Found = new Map()
    let read = 0
    for await (const rows of everyBlock(this.#rows, { dimension, width: finer, from, to })) {
      for (const row of rows) addUp(found, row.value, row)
      read += rows.length
    }
    await this.#apply([this.#made(dimension, { width, upto, to }, blocksOf(found, { dimension, width, start: from }))])
    return read
  }

  /** Deletes the hours of one day, after the wider blocks were computed from them. */
  async #dropHours(dimension: SumDimension, current: number): Promise<number> {
    const level = this.#coverage.level(dimension, HOUR)
    const [wider = HOUR] = this.#coverage.plan.wider
    const end = floorTo(DAY, Math.min(current - HOURS_KEPT, this.#coverage.level(dimension, wider).upto))
    if (level.since >= end) return 0
    const first = (await this.#rows.nextBlock(dimension, HOUR, level.since)) ?? end
    const to = Math.min(end, Math.max(level.since, floorTo(DAY, first)) + DAY)
    const drop = { dimension, width: HOUR, from: level.since, to }
    const dropped = await this.#change({ dropBlocks: [drop], coverage: [{ dimension, ...level, since: to }] })
    return dropped + 1
  }

  /** Also replaces blocks from before a deletion of usage, or from a wrong clock. */
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

function sumsBy(dimension: SumDimension, rows: readonly QuarterRow[]): Found {
  const found: Found = new Map()
  for (const row of rows) addUp(found, valueIn(dimension, row), row)
  return found
}

function blocksOf(found: Found, block: Pick<BlockRow, 'dimension' | 'width' | 'start'>): BlockRow[] {
  return Array.from(found, ([value, sums]) => ({ ...sumsOf(sums), ...block, value }))
}

function floorTo(width: number, quarter: number): number {
  return quarter - (quarter % width)
}
