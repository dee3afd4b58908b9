/**
 * What is moved, in an order in which each row finds the rows that it refers to. The sums over hours and days are not: both stores
 * have other ones, and compute them again from the quarters.
 */
export const MOVED_TABLES = [
  'persons',
  'keys',
  'key_secrets',
  'origins',
  'invitations',
  'credentials',
  'sessions',
  'audit',
  'terms',
  'exchanges',
  'quarter_sums',
] as const
export type MovedTable = (typeof MOVED_TABLES)[number]

/** The columns that order the rows of a table. Both stores have them, under the names of SQLite. */
export const ORDERS: Readonly<Record<MovedTable, readonly string[]>> = {
  persons: ['row'],
  keys: ['row'],
  key_secrets: ['row'],
  origins: ['row'],
  invitations: ['row'],
  credentials: ['row'],
  sessions: ['row'],
  audit: ['row'],
  terms: ['id'],
  exchanges: ['row'],
  quarter_sums: ['quarter', 'key', 'origin', 'model', 'route'],
}

/** A store is empty if these are, and there is nobody but the owner, whom every store has. */
export const TABLES_OF_CONTENT = [
  'keys',
  'origins',
  'invitations',
  'audit',
  'exchanges',
  'quarter_sums',
] as const satisfies readonly MovedTable[]

/** How a column is compared: whole numbers by a sum, bytes by their length, others by how many have a value. */
export type ColumnKind = 'number' | 'bytes' | 'other'

/** By name. */
export type Columns = ReadonlyMap<string, ColumnKind>
export type Value = string | number | Uint8Array | null
/** In the order of the columns. */
export type Row = readonly Value[]

/** Sums that do not grow out of any number: of the remainders. Both stores compute them in the same way. */
const MODULUS = 1_000_003

/** One figure a column, and `rows`. */
export type Figures = Readonly<Record<string, number>>

/** One of the two stores of a move. */
export interface Side {
  /** Without those that only this store has. */
  columns(table: MovedTable): Promise<Columns>
  /** In batches, in the order of the table. */
  rows(table: MovedTable, columns: readonly string[]): AsyncIterable<readonly Row[]>
  insert(table: MovedTable, columns: readonly string[], rows: readonly Row[]): Promise<void>
  figures(table: MovedTable, columns: Columns): Promise<Figures>
  /** Requests and tokens of each key (a number of a text), in the order of the numbers. */
  totals(): Promise<readonly Row[]>
  isEmpty(): Promise<boolean>
  /** Removes what every new store has. */
  clear(): Promise<void>
  /** Makes the numbers of new rows go on after those that were moved. */
  goOn(): Promise<void>
}

/** `read` is how a store reads a column of numbers. */
export function figuresSql(columns: Columns, read: (name: string) => string): string {
  const figures = [...columns].map(([name, kind]) => {
    if (kind === 'number') return `SUM(${read(name)} % ${MODULUS}) AS ${name}`
    return kind === 'bytes' ? `SUM(LENGTH(${name})) AS ${name}` : `COUNT(${name}) AS ${name}`
  })
  return ['COUNT(*) AS rows', ...figures].join(', ')
}

export const TOTALS_SQL = `SELECT key, SUM(requests) AS requests, SUM(refused) AS refused, SUM(prompt_tokens) AS prompt,
  SUM(completion_tokens) AS completion FROM quarter_sums GROUP BY key ORDER BY key`
