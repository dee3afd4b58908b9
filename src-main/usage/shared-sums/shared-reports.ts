import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Counts, NumberRange, SumDimension, ValueCounts, ValueRow } from '#shared/usage/sum-rows.ts'
import type { KeyModelSums, SummedBy, ValueSums, ValueTimes } from '#shared/usage/usage-sums.ts'
import { type Accumulator, addCounts, addJoined, valueSums, valueTimes } from '../sums/accumulator.ts'
import type { Coverage } from '../sums/coverage.ts'
import { keyOf, otherOf, pairOf, pairsOf } from '../sums/dimensions.ts'
import { BLOCKS_WITH_KEY, type BlocksWithKey, pairedWith, pieces } from '../sums/usage-reports.ts'
import type { BlockPart, Part, SnapshotRows } from './ports.ts'

export interface SharedReportsOptions {
  readonly rows: SnapshotRows
  readonly coverage: Coverage
}

/** Rows per step. */
const ROWS_IN_A_TURN = 500

/** By value, for each of the ranges. */
type FoundCounts = Map<number, Counts>[]

/** Reports over several ranges at once (`from` included, `to` excluded), with one statement for each kind of row. */
export class SharedReports {
  readonly #rows: SnapshotRows
  readonly #coverage: Coverage

  constructor({ rows, coverage }: SharedReportsOptions) {
    this.#rows = rows
    this.#coverage = coverage
  }

  /** For each range, one row for each value with usage. */
  async sums(by: SummedBy, ranges: readonly NumberRange[]): Promise<ValueSums[][]> {
    const found: FoundCounts = ranges.map(() => new Map<number, Counts>())
    const { blocks, quarters } = this.#partsOf(by, ranges)
    if (blocks.length > 0) addCountsOf(found, await this.#rows.blockCounts(by, blocks))
    if (quarters.length > 0) addCountsOf(found, await this.#rows.quarterCounts(by, quarters))
    addCountsOf(found, inRanges(ranges, await this.#rows.liveCounts(by)))
    return this.#named(found, valueSums)
  }

  /** The same rows with response times, for all keys or only for some. */
  async times(
    by: SummedBy,
    ranges: readonly NumberRange[],
    only: ReadonlySet<number> | undefined,
  ): Promise<ValueTimes[][]> {
    const found = ranges.map(() => new Map<number, Accumulator>())
    const keys = only && Array.from(only, rangeOf)
    const source = keys === undefined ? { ...OF_ALL_KEYS, dimension: by } : BLOCKS_OF_KEYS[by]
    const { blocks, quarters } = this.#partsOf(source.dimension, ranges)
    if (blocks.length > 0) {
      const rows = await this.#rows.blockSums(source.dimension, blocks, keys?.map(source.values))
      await addSumsOf(found, rows, source.valueOf)
    }
    if (quarters.length > 0) await addSumsOf(found, await this.#rows.quarterSums(by, quarters, keys))
    await addSumsOf(found, inRanges(ranges, await this.#rows.liveSums(by, keys)))
    return this.#named(found, valueTimes)
  }

  /** For each range, one row for each pair of key and model with usage, for one key or for all. */
  async keyModels(ranges: readonly NumberRange[], key: number | undefined): Promise<KeyModelSums[][]> {
    const found: FoundCounts = ranges.map(() => new Map<number, Counts>())
    const { blocks, quarters } = this.#partsOf('keyModel', ranges)
    const keys = key === undefined ? undefined : [rangeOf(key)]
    if (blocks.length > 0) {
      const pairs = key === undefined ? undefined : [pairsOf(key)]
      addCountsOf(found, await this.#rows.blockCounts('keyModel', blocks, pairs))
    }
    if (quarters.length > 0) addCountsOf(found, (await this.#rows.quarterPairs(quarters, keys)).map(asPair))
    addCountsOf(found, inRanges(ranges, (await this.#rows.livePairs(keys)).map(asPair)))
    return this.#namedPairs(found)
  }

  #partsOf(dimension: SumDimension, ranges: readonly NumberRange[]) {
    const blocks: BlockPart[] = []
    const quarters: Part[] = []
    const levels = this.#coverage.levels(dimension)
    for (const [at, { from, to }] of ranges.entries()) {
      for (const { width, ...part } of pieces(from, to, levels)) {
        if (width === 'quarters') quarters.push({ at, ...part })
        else blocks.push({ at, width, ...part })
      }
    }
    return { blocks, quarters }
  }

  async #named<S, R>(found: readonly Map<number, S>[], make: (value: string, sums: S) => R): Promise<R[][]> {
    const texts = await this.#textsOf(found.flatMap((values) => [...values.keys()]))
    return found.map((values) => Array.from(values, ([value, sums]) => make(texts.get(value) ?? '', sums)))
  }

  async #namedPairs(found: FoundCounts): Promise<KeyModelSums[][]> {
    const pairs = found.flatMap((values) => [...values.keys()])
    const texts = await this.#textsOf([...pairs.map(keyOf), ...pairs.map(otherOf)])
    return found.map((values) =>
      Array.from(values, ([pair, counts]) => {
        const { value, ...sums } = valueSums(texts.get(keyOf(pair)) ?? '', counts)
        return { ...sums, key: value, model: texts.get(otherOf(pair)) ?? '' }
      }),
    )
  }

  async #textsOf(numbers: readonly number[]): Promise<ReadonlyMap<number, string | undefined>> {
    const different = [...new Set(numbers)]
    const texts = await this.#rows.textsOf(different)
    return new Map(different.map((number, at) => [number, texts[at]]))
  }
}

/** Blocks from which the usage of some keys is read. */
const BLOCKS_OF_KEYS: Readonly<Record<SummedBy, BlocksWithKey>> = {
  ...BLOCKS_WITH_KEY,
  origin: pairedWith('keyOrigin'),
  route: pairedWith('keyRoute'),
}

/** Blocks of the dimension of a report. */
const OF_ALL_KEYS = { values: (keys: NumberRange) => keys, valueOf: (value: number) => value } as const

function rangeOf(key: number): NumberRange {
  return { from: key, to: key + 1 }
}

function asPair<R extends { value: number; model: number }>(row: R): R {
  return { ...row, value: pairOf(row.value, row.model) }
}

/** The rows with the index of their range. A row may be in several ranges. */
function inRanges<R extends { readonly quarter: number }>(ranges: readonly NumberRange[], rows: readonly R[]) {
  return ranges.flatMap(({ from, to }, at) =>
    rows.filter(({ quarter }) => quarter >= from && quarter < to).map((row) => ({ ...row, at })),
  )
}

function addCountsOf(found: FoundCounts, rows: readonly (ValueCounts & { readonly at: number })[]): void {
  for (const row of rows) {
    const values = mapAt(found, row.at)
    const sums = values.get(row.value)
    if (sums === undefined) values.set(row.value, row)
    else addCounts(sums, row)
  }
}

/** The gateway runs after each step. */
async function addSumsOf(
  found: readonly Map<number, Accumulator>[],
  rows: readonly (ValueRow & { readonly at: number })[],
  valueOf = (value: number) => value,
): Promise<void> {
  for (const [index, row] of rows.entries()) {
    addJoined(mapAt(found, row.at), valueOf(row.value), row)
    if (index % ROWS_IN_A_TURN === ROWS_IN_A_TURN - 1) await nextTurn()
  }
}

function mapAt<T>(found: readonly Map<number, T>[], at: number): Map<number, T> {
  return found[at] ?? new Map<number, T>()
}
