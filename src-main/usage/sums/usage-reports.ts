import type {
  BlockRange,
  Counts,
  Level,
  ModelCounts,
  NumberRange,
  SumDimension,
  ValueCounts,
} from '#shared/usage/sum-rows.ts'
import type { KeyModelSums, SummedBy, ValueSums, ValueTimes } from '#shared/usage/usage-sums.ts'
import { type Accumulator, addCounts, addUp, valueSums, valueTimes } from './accumulator.ts'
import type { Coverage } from './coverage.ts'
import { keyOf, otherOf, pairsOf, valueIn } from './dimensions.ts'
import { everyBlock, everyQuarter } from './every-block.ts'
import { addGathered } from './gathered-sums.ts'
import type { PendingSums } from './pending-sums.ts'
import type { BlockRows, QuarterRows, TextRows } from './ports.ts'

export interface UsageReportsOptions {
  readonly rows: QuarterRows & BlockRows & Pick<TextRows, 'textsOf'>
  readonly pending: Pick<PendingSums, 'within'>
  readonly coverage: Coverage
}

/** Sums by value. */
type Found = Map<number, Accumulator>

interface PairCounts extends ValueCounts, ModelCounts {}

/**
 * Sums over a range of quarters (`from` included, `to` excluded). Reads each part from the widest available blocks, and
 * adds the pending sums.
 */
export class UsageReports {
  readonly #rows: UsageReportsOptions['rows']
  readonly #pending: UsageReportsOptions['pending']
  readonly #coverage: Coverage

  constructor({ rows, pending, coverage }: UsageReportsOptions) {
    this.#rows = rows
    this.#pending = pending
    this.#coverage = coverage
  }

  /** One row for each value with usage. */
  async sums(by: SummedBy, from: number, to: number): Promise<ValueSums[]> {
    const found = new Map<number, ValueCounts>()
    for (const piece of this.#pieces(by, from, to)) {
      for (const row of await this.#countsIn(by, piece)) addTo(found, row.value, row, () => row)
    }
    for (const row of this.#pending.within(from, to)) {
      const value = valueIn(by, row)
      addTo(found, value, row, () => ({ ...row, value }))
    }
    const texts = await this.#rows.textsOf([...found.keys()])
    return [...found.values()].map((row, at) => valueSums(texts[at] ?? '', row))
  }

  /** The same rows with response times. Takes ten times as long, because no database can merge sketches. */
  async times(by: SummedBy, from: number, to: number): Promise<ValueTimes[]> {
    const found: Found = new Map()
    for (const { width, ...range } of this.#pieces(by, from, to)) {
      if (width === 'quarters') {
        for (const row of await this.#rows.quarters(range.from, range.to)) addUp(found, valueIn(by, row), row)
      } else {
        for await (const rows of everyBlock(this.#rows, { dimension: by, width, ...range })) {
          for (const row of rows) addUp(found, row.value, row)
        }
      }
    }
    for (const row of this.#pending.within(from, to)) addGathered(found, valueIn(by, row), row)
    const texts = await this.#rows.textsOf([...found.keys()])
    return [...found.values()].map((sums, at) => valueTimes(texts[at] ?? '', sums))
  }

  /** The same rows, only for the usage of some keys. Blocks of sites and routes have no keys, so their quarters are read. */
  async timesOfKeys(by: SummedBy, keys: ReadonlySet<number>, from: number, to: number): Promise<ValueTimes[]> {
    const found: Found = new Map()
    const blocks: BlocksWithKey | undefined = BLOCKS_WITH_KEY[by]
    const parts = blocks === undefined ? pieces(from, to, []) : this.#pieces(blocks.dimension, from, to)
    for (const { width, ...part } of parts) {
      if (blocks === undefined || width === 'quarters') await this.#addQuarters(found, by, keys, part)
      else await this.#addBlocks(found, blocks, keys, { width, ...part })
    }
    for (const row of this.#pending.within(from, to)) if (keys.has(row.key)) addGathered(found, valueIn(by, row), row)
    const texts = await this.#rows.textsOf([...found.keys()])
    return [...found.values()].map((sums, at) => valueTimes(texts[at] ?? '', sums))
  }

  /** One row for each pair of key and model with usage, for one key or for all. */
  async keyModels(from: number, to: number, key: number | undefined): Promise<KeyModelSums[]> {
    const found = new Map<string, PairCounts>()
    for (const piece of this.#pieces('keyModel', from, to)) {
      for (const row of await this.#pairsIn(piece, key)) addTo(found, `${row.value} ${row.model}`, row, () => row)
    }
    for (const row of this.#pending.within(from, to)) {
      if (key !== undefined && row.key !== key) continue
      addTo(found, `${row.key} ${row.model}`, row, () => ({ ...row, value: row.key }))
    }
    const rows = [...found.values()]
    const keys = await this.#rows.textsOf(rows.map(({ value }) => value))
    const models = await this.#rows.textsOf(rows.map(({ model }) => model))
    return rows.map((row, at) => {
      const { value, ...sums } = valueSums(keys[at] ?? '', row)
      return { ...sums, key: value, model: models[at] ?? '' }
    })
  }

  async #addQuarters(found: Found, by: SummedBy, keys: ReadonlySet<number>, part: NumberRange): Promise<void> {
    for (const range of rangesOf(keys)) {
      for await (const rows of everyQuarter(this.#rows, range, part)) {
        for (const row of rows) if (keys.has(row.key)) addUp(found, valueIn(by, row), row)
      }
    }
  }

  async #addBlocks(
    found: Found,
    { dimension, values, keyOf: keyIn, valueOf }: BlocksWithKey,
    keys: ReadonlySet<number>,
    part: Omit<BlockRange, 'dimension'>,
  ): Promise<void> {
    for (const range of rangesOf(keys)) {
      for await (const rows of everyBlock(this.#rows, { dimension, ...part }, values(range))) {
        for (const row of rows) if (keys.has(keyIn(row.value))) addUp(found, valueOf(row.value), row)
      }
    }
  }

  #pieces(dimension: SumDimension, from: number, to: number): Piece[] {
    return pieces(from, to, this.#coverage.levels(dimension))
  }

  #countsIn(by: SummedBy, { width, from, to }: Piece): Promise<readonly ValueCounts[]> {
    if (width === 'quarters') return this.#rows.quarterCounts(by, from, to)
    return this.#rows.blockCounts({ dimension: by, width, from, to })
  }

  async #pairsIn({ width, from, to }: Piece, key: number | undefined): Promise<readonly PairCounts[]> {
    if (width === 'quarters') {
      if (key === undefined) return this.#rows.quarterPairs(from, to)
      return (await this.#rows.quarterCountsOfKey(key, from, to)).map((row) => ({ ...row, value: key }))
    }
    const values = key === undefined ? undefined : pairsOf(key)
    const rows = await this.#rows.blockCounts({ dimension: 'keyModel', width, from, to }, values)
    return rows.map((row) => ({ ...row, value: keyOf(row.value), model: otherOf(row.value) }))
  }
}

/** Blocks from which the usage of some keys can be read. */
export interface BlocksWithKey {
  readonly dimension: SumDimension
  /** The range of the values of a range of keys. */
  readonly values: (keys: NumberRange) => NumberRange
  readonly keyOf: (value: number) => number
  readonly valueOf: (value: number) => number
}

const OF_KEY = { dimension: 'key', values: (keys: NumberRange) => keys, keyOf: (value: number) => value } as const
export const BLOCKS_WITH_KEY = {
  key: { ...OF_KEY, valueOf: (value: number) => value },
  all: { ...OF_KEY, valueOf: () => 0 },
  model: pairedWith('keyModel'),
  origin: undefined,
  route: undefined,
} as const satisfies Readonly<Record<SummedBy, BlocksWithKey | undefined>>

export function pairedWith(dimension: BlocksWithKey['dimension']): BlocksWithKey {
  const values = ({ from, to }: NumberRange) => ({ from: pairsOf(from).from, to: pairsOf(to).from })
  return { dimension, values, keyOf, valueOf: otherOf }
}

/** So many keys are looked up one by one. For more it is faster to read the keys between them too. */
const MOST_LOOKED_UP = 8

/** Ranges that have all keys, and perhaps others. */
function rangesOf(keys: ReadonlySet<number>): NumberRange[] {
  if (keys.size <= MOST_LOOKED_UP) return Array.from(keys, (key) => ({ from: key, to: key + 1 }))
  let [from, to] = [Infinity, 0]
  for (const key of keys) [from, to] = [Math.min(from, key), Math.max(to, key + 1)]
  return [{ from, to }]
}

function addTo<K, R extends Counts>(found: Map<K, R>, sumKey: K, counts: Counts, makeRow: () => R): void {
  const sums = found.get(sumKey)
  if (sums === undefined) found.set(sumKey, makeRow())
  else addCounts(sums, counts)
}

/** A part of a range that is read from blocks of one width, or from the quarters. */
export interface Piece {
  readonly width: number | 'quarters'
  readonly from: number
  readonly to: number
}

/**
 * Splits a range of quarters so that each part is read from the widest available blocks. `levels` are ordered from the
 * widest to the finest.
 */
export function pieces(from: number, to: number, levels: readonly Level[]): Piece[] {
  if (from >= to) return []
  const [level, ...finer] = levels
  if (level === undefined) return [{ width: 'quarters', from, to }]
  const { width } = level
  const first = Math.ceil(Math.max(from, level.since) / width) * width
  const last = Math.floor(Math.min(to, level.upto) / width) * width
  if (first >= last) return pieces(from, to, finer)
  return [...pieces(from, first, finer), { width, from: first, to: last }, ...pieces(last, to, finer)]
}
