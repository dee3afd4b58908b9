import type {
  ModelCounts,
  NewQuarterRow,
  NumberRange,
  QuarterRow,
  SumKey,
  UseOf,
  ValueCounts,
} from '#shared/usage/sum-rows.ts'
import type { SummedBy } from '#shared/usage/usage-sums.ts'
import type { Connection } from '../file/connection.ts'
import { ADD_SUMS, SUM_COLUMNS, SUM_COUNTS, SUM_FIELDS, SUM_SLOTS, sumValues } from './sum-columns.ts'

/** The column of each dimension. */
const COLUMNS: Readonly<Record<SummedBy, string>> = {
  model: 'model',
  key: 'key',
  origin: 'origin',
  route: 'route',
  all: '0',
}

const IN_RANGE = 'quarter >= ? AND quarter < ?'

/**
 * The quarter is the first column of the table's key, so a range of quarters for one key would be read as a whole. If the
 * quarters are listed, each is one look-up: for fifty keys that reads fifty times less.
 */
const EACH_QUARTER = `WITH RECURSIVE each (number) AS
  (SELECT @from WHERE @from < @to UNION ALL SELECT number + 1 FROM each WHERE number + 1 < @to)`

export type QuarterTable = ReturnType<typeof createQuarterTable>

/** The sums per quarter hour. In every range `from` is included and `to` is not. */
export function createQuarterTable(db: Connection) {
  const rows = db.prepare<[number, number], QuarterRow>(
    `SELECT quarter, key, origin, model, route, ${SUM_FIELDS} FROM quarter_sums WHERE ${IN_RANGE} ORDER BY quarter`,
  )
  const ofKeys = db.prepare<{ first: number; end: number; from: number; to: number }, QuarterRow>(
    `${EACH_QUARTER} SELECT quarter, key, origin, model, route, ${SUM_FIELDS} FROM each CROSS JOIN quarter_sums
     WHERE quarter = each.number AND key >= @first AND key < @end`,
  )
  return {
    /** In the order of the quarters. */
    rows: (from: number, to: number) => rows.all(from, to),
    /** The same, only of keys with a number in the range. */
    rowsOfKeys: (keys: NumberRange, from: number, to: number) =>
      ofKeys.all({ first: keys.from, end: keys.to, from, to }),
    ...createQuarterCounter(db),
    ...createQuarterFinder(db),
    ...createQuarterWriter(db),
  }
}

function createQuarterWriter(db: Connection) {
  const upsert = db.prepare(
    `INSERT INTO quarter_sums (quarter, key, origin, model, route, ${SUM_COLUMNS}, upto)
     VALUES (?, ?, ?, ?, ?, ${SUM_SLOTS}, ?)
     ON CONFLICT DO UPDATE SET ${ADD_SUMS}, upto = MAX(upto, excluded.upto)`,
  )
  const ofUse = createByUse((column) =>
    db.prepare<[number, number, number]>(`DELETE FROM quarter_sums WHERE ${IN_RANGE} AND ${column} = ?`),
  )
  return {
    add(row: NewQuarterRow): void {
      upsert.run(row.quarter, row.key, row.origin, row.model, row.route, ...sumValues(row), row.upto)
    },
    drop: ({ by, text, from, to }: UseOf & { from: number; to: number }): number =>
      ofUse[by].run(from, to, text).changes,
  }
}

/** Sums over the rows of a range. */
function createQuarterCounter(db: Connection) {
  const grouped = (column: string) =>
    db.prepare<[number, number], ValueCounts>(
      `SELECT ${column} AS value, ${SUM_COUNTS} FROM quarter_sums WHERE ${IN_RANGE} GROUP BY 1`,
    )
  const byValue = Object.fromEntries(Object.entries(COLUMNS).map(([name, column]) => [name, grouped(column)]))
  const pairs = db.prepare<[number, number], ValueCounts & ModelCounts>(
    `SELECT key AS value, model, ${SUM_COUNTS} FROM quarter_sums WHERE ${IN_RANGE} GROUP BY key, model`,
  )
  const ofKey = db.prepare<{ key: number; from: number; to: number }, ModelCounts>(
    `${EACH_QUARTER} SELECT model, ${SUM_COUNTS} FROM each CROSS JOIN quarter_sums
     WHERE quarter = each.number AND key = @key GROUP BY model`,
  )
  return {
    /** Without usage the sum over everything is a row of NULLs. */
    counts: (by: SummedBy, from: number, to: number) =>
      (byValue[by]?.all(from, to) ?? []).filter((row) => row.requests !== null),
    pairs: (from: number, to: number) => pairs.all(from, to),
    countsOfKey: (key: number, from: number, to: number) => ofKey.all({ key, from, to }),
  }
}

/** Look-ups of single rows. */
function createQuarterFinder(db: Connection) {
  const next = db.prepare<[number], number | null>('SELECT MIN(quarter) FROM quarter_sums WHERE quarter >= ?').pluck()
  const has = createByUse((column) =>
    db
      .prepare<[number, number, number], number>(
        `SELECT 1 FROM quarter_sums WHERE ${IN_RANGE} AND ${column} = ? LIMIT 1`,
      )
      .pluck(),
  )
  const uptoOf = db
    .prepare<[number, number, number, number, number], number>(
      'SELECT upto FROM quarter_sums WHERE quarter = ? AND key = ? AND origin = ? AND model = ? AND route = ?',
    )
    .pluck()
  return {
    has: ({ by, text }: UseOf, from: number, to: number) => has[by].get(from, to, text) !== undefined,
    next: (quarter: number) => next.get(quarter) ?? undefined,
    /** 0 if there is no row. */
    uptoOf: ({ quarter, key, origin, model, route }: SumKey) => uptoOf.get(quarter, key, origin, model, route) ?? 0,
  }
}

function createByUse<T>(prepare: (column: UseOf['by']) => T): Readonly<Record<UseOf['by'], T>> {
  return { key: prepare('key'), origin: prepare('origin') }
}
