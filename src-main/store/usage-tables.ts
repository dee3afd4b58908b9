import type { Exchange } from '#shared/exchange.ts'
import type { ValueSums } from '#shared/stored.ts'
import type { Dimension } from '#shared/usage.ts'
import type { Connection, Run } from './connection.ts'
import { createDimensionSums, type DimensionSums, type Width } from './dimension-sums.ts'
import { createExchangeTable } from './exchange-table.ts'
import { createQuarterSums, type QuarterSums, sumByQuarter, type ValueCounts } from './quarter-sums.ts'
import { createTerms, type Terms } from './terms.ts'

/** Exchanges and their sums, as the usage room wants them. */
export type UsageTables = ReturnType<typeof createUsageTables>

export function createUsageTables(db: Connection, run: Run) {
  const terms = createTerms(db)
  const exchanges = createExchangeTable(db, terms)
  const quarters = createQuarterSums(db)
  const dimensions = createDimensionSums(db)
  const append = db.transaction((kept: readonly Exchange[], summedOnly: readonly Exchange[]) => {
    for (const exchange of kept) exchanges.insert(exchange)
    for (const row of sumByQuarter([...kept, ...summedOnly], terms)) {
      quarters.add(row)
      dimensions.add(row)
    }
  })

  return {
    append: (kept: readonly Exchange[], summedOnly: readonly Exchange[]) =>
      run(() => {
        try {
          append.immediate(kept, summedOnly)
        } catch (error) {
          // The numbers given out in a transaction that was rolled back are not in the file.
          terms.forget()
          throw error
        }
      }),
    latest: (limit: number) => run(() => exchanges.latest(limit)),
    sums: (by: Dimension, from: number, to: number) =>
      run(() => sumsBetween({ quarters, dimensions, terms }, by, from, to)),
    firstQuarter: () => run(() => quarters.first()),
    tokensSince: (keyId: string, quarter: number) =>
      run(() => {
        const key = terms.find(keyId)
        return key === undefined ? 0 : quarters.tokensSince(key, quarter)
      }),
    prune: (before: number, limit: number) => run(() => exchanges.prune(before, limit)),
  }
}

function sumsBetween(
  tables: { quarters: QuarterSums; dimensions: DimensionSums; terms: Terms },
  by: Dimension,
  from: number,
  to: number,
): ValueSums[] {
  const found = new Map<number, ValueCounts>()
  for (const piece of pieces(from, to)) {
    const rows =
      piece.width === 1
        ? tables.quarters.by(by, piece.from, piece.to)
        : tables.dimensions.by(by, piece.width, piece.from, piece.to)
    for (const row of rows) addTo(found, row)
  }
  return [...found.values()].map((counts) => ({
    value: tables.terms.textOf(counts.value) ?? '',
    requests: counts.requests,
    refused: counts.refused,
    promptTokens: counts.prompt_tokens,
    completionTokens: counts.completion_tokens,
    totalTokens: counts.prompt_tokens + counts.completion_tokens,
    unmetered: counts.unmetered,
  }))
}

function addTo(found: Map<number, ValueCounts>, row: ValueCounts): void {
  const sums = found.get(row.value)
  if (sums === undefined) {
    found.set(row.value, row)
    return
  }
  sums.requests += row.requests
  sums.refused += row.refused
  sums.prompt_tokens += row.prompt_tokens
  sums.completion_tokens += row.completion_tokens
  sums.unmetered += row.unmetered
}

interface Piece {
  readonly width: Width | 1
  readonly from: number
  readonly to: number
}

/** Splits a range of quarters into whole days UTC, whole hours around them, and quarters at the edges. */
export function pieces(from: number, to: number, widths: readonly (Width | 1)[] = [96, 4, 1]): Piece[] {
  const [width, ...finer] = widths
  if (width === undefined || from >= to) return []
  const first = Math.ceil(from / width) * width
  const last = Math.floor(to / width) * width
  if (first >= last) return pieces(from, to, finer)
  return [...pieces(from, first, finer), { width, from: first, to: last }, ...pieces(last, to, finer)]
}
