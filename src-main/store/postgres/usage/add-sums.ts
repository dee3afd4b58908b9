import { addSumRows } from '#shared/usage/add-sum-rows.ts'
import type { BlockRow, PairOfShared, QuarterRow, SumDimension, SumKey, Sums } from '#shared/usage/sum-rows.ts'
import { DIMENSION_NUMBERS } from '../../rows/dimension-numbers.ts'
import type { Client } from '../connection/database.ts'
import {
  numbers,
  QUARTER_KEY,
  REPLACE_SUMS,
  SUM_COLUMNS,
  SUM_FIELDS,
  SUM_TYPES,
  sumArrays,
  unnest,
} from './sum-columns.ts'

/** A table of sums. Its key comes first among the columns. */
export interface SumTable<R extends Sums> {
  readonly name: string
  readonly key: Readonly<Record<string, string>>
  readonly keyOf: (row: R) => readonly number[]
}

export function quarterKeyOf({ quarter, key, origin, model, route }: SumKey): number[] {
  return [quarter, key, origin, model, route]
}

export const QUARTER_SUMS: SumTable<QuarterRow> = { name: 'quarter_sums', key: QUARTER_KEY, keyOf: quarterKeyOf }

export const DIMENSION_SUMS: SumTable<BlockRow> = {
  name: 'dimension_sums',
  key: { dimension: 'smallint', width: 'int', start: 'bigint', value: 'bigint' },
  keyOf: ({ dimension, width, start, value }) => [DIMENSION_NUMBERS[dimension], width, start, value],
}

export const PAIR_SUMS: SumTable<BlockRow> = { ...DIMENSION_SUMS, name: 'pair_sums' }

export function isPairOfShared(dimension: SumDimension): dimension is PairOfShared {
  return dimension === 'keyOrigin' || dimension === 'keyRoute'
}

export function blockTableOf(dimension: SumDimension): SumTable<BlockRow> {
  return isPairOfShared(dimension) ? PAIR_SUMS : DIMENSION_SUMS
}

/** Rows per statement. */
const ROWS_AT_ONCE = 1000

/**
 * Adds each row to the existing one of the same key, if any. The database cannot merge sketches, so existing rows are read and
 * replaced. Use it under the exclusive lock: nobody else may change the rows meanwhile.
 */
export async function addRows<R extends Sums>(client: Client, table: SumTable<R>, rows: readonly R[]): Promise<void> {
  const merged = merge(table, rows)
  for (let at = 0; at < merged.length; at += ROWS_AT_ONCE) {
    const some = merged.slice(at, at + ROWS_AT_ONCE)
    const { text, values } = insertion(table, some)
    const { selected } = columnsOf(table)
    const inserted = await client.query<StoredKey>(`${text} NOTHING RETURNING ${selected}`, values)
    if (inserted.rows.length < some.length) await addToExisting(client, table, some, inserted.rows)
  }
}

/** Writes rows, in place of those with the same key. */
export async function putRows<R extends Sums>(client: Client, table: SumTable<R>, rows: readonly R[]): Promise<void> {
  const { text, values } = insertion(table, rows)
  await client.query(`${text} UPDATE SET ${REPLACE_SUMS}`, values)
}

async function addToExisting<R extends Sums>(
  client: Client,
  table: SumTable<R>,
  rows: readonly R[],
  inserted: readonly StoredKey[],
): Promise<void> {
  const { selected, names } = columnsOf(table)
  const nameOfRow = (row: StoredKey) => nameOf(names.map((name) => row[`key_${name}`] ?? 0))
  const isInserted = new Set(inserted.map(nameOfRow))
  const rest = rows.filter((row) => !isInserted.has(nameOf(table.keyOf(row))))
  const { rows: found } = await client.query<Sums & StoredKey>(
    `SELECT ${selected}, ${SUM_FIELDS} FROM ${table.name}
     WHERE (${names.join(', ')}) IN (SELECT * FROM ${unnest(Object.values(table.key))})`,
    keyArrays(table, rest),
  )
  const before = new Map(found.map((row) => [nameOfRow(row), row]))
  await putRows(
    client,
    table,
    rest.map((row) => {
      const known = before.get(nameOf(table.keyOf(row)))
      return known === undefined ? row : { ...row, ...addSumRows(known, row) }
    }),
  )
}

/** The key of a row, under names that no column of sums has. */
type StoredKey = Readonly<Record<`key_${string}`, number>>

function columnsOf<R extends Sums>({ key }: SumTable<R>) {
  const names = Object.keys(key)
  return { names, selected: names.map((name) => `${name} AS "key_${name}"`).join(', ') }
}

/** Ends with what is to be done with a row that exists. */
function insertion<R extends Sums>(table: SumTable<R>, rows: readonly R[]): { text: string; values: unknown[] } {
  const names = Object.keys(table.key)
  return {
    text: `INSERT INTO ${table.name} (${[...names, ...SUM_COLUMNS].join(', ')})
      SELECT * FROM ${unnest([...Object.values(table.key), ...SUM_TYPES])} ON CONFLICT (${names.join(', ')}) DO`,
    values: [...keyArrays(table, rows), ...sumArrays(rows)],
  }
}

function merge<R extends Sums>(table: SumTable<R>, rows: readonly R[]): R[] {
  const byKey = new Map<string, R>()
  for (const row of rows) {
    const name = nameOf(table.keyOf(row))
    const before = byKey.get(name)
    byKey.set(name, before === undefined ? row : { ...row, ...addSumRows(before, row) })
  }
  return [...byKey.values()]
}

function keyArrays<R extends Sums>(table: SumTable<R>, rows: readonly R[]): string[] {
  const keys = rows.map((row) => table.keyOf(row))
  return Object.keys(table.key).map((_, at) => numbers(keys.map((key) => key[at])))
}

function nameOf(key: readonly number[]): string {
  return key.join(' ')
}
