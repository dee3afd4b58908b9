import type { KeyModelSums, SummedBy, ValueSums, ValueTimes } from '#shared/usage/usage-sums.ts'
import type { Connection } from '../file/connection.ts'
import type { InternedStrings } from '../tables/interned-strings.ts'
import type { Coverage } from './coverage.ts'
import type { DimensionSums, ValueCounts } from './dimension-sums.ts'
import { keyOf, modelOf, type SumDimension, valueIn } from './dimensions.ts'
import { addGathered } from './gathered-sums.ts'
import type { PendingSums } from './pending-sums.ts'
import { type Piece, pieces } from './pieces.ts'
import type { QuarterSums } from './quarter-sums.ts'
import { type Accumulator, addCounts, addUp, type Counts, SUM_COUNTS, valueSums, valueTimes } from './sum-rows.ts'

export interface UsageReportsOptions {
  readonly db: Connection
  readonly quarters: QuarterSums
  readonly pending: Pick<PendingSums, 'within'>
  readonly dimensions: DimensionSums
  readonly coverage: Coverage
  readonly strings: InternedStrings
}

/**
 * Sums over a range of quarters (`from` included, `to` excluded), each part from the widest blocks there are, and what
 * is not in the file yet.
 */
export interface UsageReports {
  /** One row for each value with use. */
  sums(by: SummedBy, from: number, to: number): ValueSums[]
  /** The same, and how fast answers came: ten times as dear, because the database cannot add sketches up by itself. */
  times(by: SummedBy, from: number, to: number): ValueTimes[]
  /** One row for each pair of key and model with use; of one key, where it is given. */
  keyModels(from: number, to: number, key: number | undefined): KeyModelSums[]
}

/** How the quarters spell a dimension. */
const COLUMNS: Readonly<Record<SummedBy, string>> = {
  model: 'model',
  key: 'key',
  origin: 'origin',
  route: 'route',
  all: '0',
}

export function createUsageReports(options: UsageReportsOptions): UsageReports {
  const { db, quarters, pending, dimensions, coverage, strings } = options
  const grouped = (column: string) =>
    db.prepare<[number, number], ValueCounts>(
      `SELECT ${column} AS value, ${SUM_COUNTS} FROM quarter_sums WHERE quarter >= ? AND quarter < ? GROUP BY 1`,
    )
  const byValue = Object.fromEntries(Object.entries(COLUMNS).map(([name, column]) => [name, grouped(column)]))
  const byKeyModel = db.prepare<[number, number], ValueCounts & { model: number }>(
    `SELECT key AS value, model, ${SUM_COUNTS} FROM quarter_sums
     WHERE quarter >= ? AND quarter < ? GROUP BY key, model`,
  )
  const piecesOf = (dimension: SumDimension, from: number, to: number) => pieces(from, to, coverage.levels(dimension))
  const textOf = (term: number) => strings.textOf(term) ?? ''

  function countsIn(by: SummedBy, { width, from, to }: Piece): ValueCounts[] {
    if (width !== 'quarters') return dimensions.counts({ dimension: by, width, from, to })
    // Without use the sum over everything is a row of NULLs.
    return (byValue[by]?.all(from, to) ?? []).filter((row) => row.requests !== null)
  }

  function keyModelsIn({ width, from, to }: Piece, key: number | undefined): (ValueCounts & { model: number })[] {
    if (width === 'quarters') {
      return key === undefined
        ? byKeyModel.all(from, to)
        : quarters.ofKey(key, from, to).map((row) => ({ ...row, value: key }))
    }
    const rows =
      key === undefined
        ? dimensions.counts({ dimension: 'keyModel', width, from, to })
        : dimensions.countsOfKey(key, width, from, to)
    return rows.map((row) => ({ ...row, value: keyOf(row.value), model: modelOf(row.value) }))
  }

  return {
    sums(by, from, to) {
      const found = new Map<number, ValueCounts>()
      for (const piece of piecesOf(by, from, to)) {
        for (const row of countsIn(by, piece)) addTo(found, row.value, row, () => row)
      }
      for (const row of pending.within(from, to)) {
        const value = valueIn(by, row)
        addTo(found, value, row, () => ({ ...row, value }))
      }
      return [...found.values()].map((row) => valueSums(textOf(row.value), row))
    },
    times(by, from, to) {
      const found = new Map<number, Accumulator>()
      for (const { width, ...range } of piecesOf(by, from, to)) {
        if (width === 'quarters') {
          for (const row of quarters.rows(range.from, range.to)) addUp(found, valueIn(by, row), row)
        } else {
          for (const row of dimensions.rows({ dimension: by, width, ...range })) addUp(found, row.value, row)
        }
      }
      for (const row of pending.within(from, to)) addGathered(found, valueIn(by, row), row)
      return [...found].map(([value, sums]) => valueTimes(textOf(value), sums))
    },
    keyModels(from, to, key) {
      const found = new Map<string, ValueCounts & { model: number }>()
      for (const piece of piecesOf('keyModel', from, to)) {
        for (const row of keyModelsIn(piece, key)) addTo(found, `${row.value} ${row.model}`, row, () => row)
      }
      for (const row of pending.within(from, to)) {
        if (key !== undefined && row.key !== key) continue
        addTo(found, `${row.key} ${row.model}`, row, () => ({ ...row, value: row.key }))
      }
      return Array.from(found.values(), (row) => {
        const { value, ...sums } = valueSums(textOf(row.value), row)
        return { ...sums, key: value, model: textOf(row.model) }
      })
    },
  }
}

function addTo<K, R extends Counts>(found: Map<K, R>, sumKey: K, counts: Counts, makeRow: () => R): void {
  const sums = found.get(sumKey)
  if (sums === undefined) found.set(sumKey, makeRow())
  else addCounts(sums, counts)
}
