import {
  type Counts,
  type Level,
  type ModelCounts,
  type SumDimension,
  type ValueCounts,
} from '#shared/usage/sum-rows.ts'
import type { KeyModelSums, SummedBy, ValueSums, ValueTimes } from '#shared/usage/usage-sums.ts'
import { type Accumulator, addCounts, addUp, valueSums, valueTimes } from './accumulator.ts'
import type { Coverage } from './coverage.ts'
import { keyOf, modelOf, pairsOf, valueIn } from './dimensions.ts'
import { everyBlock } from './every-block.ts'
import { addGathered } from './gathered-sums.ts'
import type { PendingSums } from './pending-sums.ts'
import type { BlockRows, QuarterRows, TextRows } from './ports.ts'

export interface UsageReportsOptions {
  readonly rows: QuarterRows & BlockRows & Pick<TextRows, 'textsOf'>
  readonly pending: Pick<PendingSums, 'within'>
  readonly coverage: Coverage
}

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
    const found = new Map<number, Accumulator>()
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
    return rows.map((row) => ({ ...row, value: keyOf(row.value), model: modelOf(row.value) }))
  }
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
