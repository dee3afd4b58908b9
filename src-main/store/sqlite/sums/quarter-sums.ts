import type { Connection } from '../file/connection.ts'
import { ADD_SUMS, type Counts, type QuarterRow, SUM_COLUMNS, SUM_COUNTS, type SumKey } from './sum-rows.ts'

/** Sums of one model for one key. */
export interface ModelCounts extends Counts {
  model: number
}

/** The finest sums, from which all others can be made. Kept for ever. */
export interface QuarterSums {
  /** `upto`: no exchange of the row that has a number has a higher one; 0 where nobody will ask. */
  add(row: QuarterRow, upto: number): void
  /** 0 where there is no row. */
  uptoOf(sumKey: SumKey): number
  /** Every row of a range in order; `from` included, `to` excluded, here and below. */
  rows(from: number, to: number): QuarterRow[]
  /** The first quarter with any use at or after one. */
  nextFrom(quarter: number): number | undefined
  /** Of one key, by model. */
  ofKey(key: number, from: number, to: number): ModelCounts[]
}

/**
 * Quarters are the first column of the table's key, so a range of them with one key would be read whole. Named one by
 * one, each is a look-up of its own: for fifty keys that is fifty times less.
 */
const EACH_QUARTER = `WITH RECURSIVE each (number) AS
  (SELECT @from WHERE @from < @to UNION ALL SELECT number + 1 FROM each WHERE number + 1 < @to)`

export function createQuarterSums(db: Connection): QuarterSums {
  const upsert = db.prepare(
    `INSERT INTO quarter_sums (quarter, key, origin, model, route, ${SUM_COLUMNS}, upto)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET ${ADD_SUMS}, upto = MAX(upto, excluded.upto)`,
  )
  const rows = db.prepare<[number, number], QuarterRow>(
    `SELECT quarter, key, origin, model, route, ${SUM_COLUMNS} FROM quarter_sums
     WHERE quarter >= ? AND quarter < ? ORDER BY quarter`,
  )
  const next = db.prepare<[number], number | null>('SELECT MIN(quarter) FROM quarter_sums WHERE quarter >= ?').pluck()
  const ofKey = db.prepare<{ key: number; from: number; to: number }, ModelCounts>(
    `${EACH_QUARTER} SELECT model, ${SUM_COUNTS} FROM each CROSS JOIN quarter_sums
     WHERE quarter = each.number AND key = @key GROUP BY model`,
  )
  const uptoOf = db
    .prepare<SumKey, number>(
      `SELECT upto FROM quarter_sums
       WHERE quarter = @quarter AND key = @key AND origin = @origin AND model = @model AND route = @route`,
    )
    .pluck()
  return {
    uptoOf: (sumKey) => uptoOf.get(sumKey) ?? 0,
    add: (row, upto) => void upsert.run(valuesOf(row, upto)),
    rows: (from, to) => rows.all(from, to),
    nextFrom: (quarter) => next.get(quarter) ?? undefined,
    ofKey: (key, from, to) => ofKey.all({ key, from, to }),
  }
}

/** Bound by position: that takes half as long as by name. */
function valuesOf(row: QuarterRow, upto: number): (number | Uint8Array)[] {
  const sumKey = [row.quarter, row.key, row.origin, row.model, row.route]
  const counts = [row.requests, row.refused, row.prompt_tokens, row.completion_tokens, row.unmetered, row.token_ms]
  return [...sumKey, ...counts, row.first_byte, row.duration, upto]
}
