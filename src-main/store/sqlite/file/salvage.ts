import { meansDamage, sqliteCode } from '../store-errors.ts'
import type { Connection } from './connection.ts'

/** Persons, their ways in, keys and origins come first, so that they are safe if reading the rest fails in an unforeseen way. */
const TABLES = [
  'persons',
  'credentials',
  'invitations',
  'keys',
  'key_secrets',
  'origins',
  'audit',
  'terms',
  'exchanges',
  'quarter_sums',
  'sums_written',
] as const
type Table = (typeof TABLES)[number]

/** The maximum number of row numbers between two readable ranges that are tried one by one. */
const MAX_PROBES = 100_000

/** The number of copied rows, by table. */
export type Salvaged = Readonly<Record<Table, number>>

/**
 * Copies every readable row into an empty database of the same schema. Sums by dimension are not copied, because they may
 * no longer match the quarters; they are computed again from these.
 */
export function salvage(damaged: Connection, target: Connection): Salvaged {
  const copied = TABLES.map((table) => [table, target.transaction(() => salvageTable(damaged, target, table))()])
  return Object.fromEntries(copied) as Record<Table, number>
}

function salvageTable(damaged: Connection, target: Connection, table: Table): number {
  const columns = target.prepare<[], string>(`SELECT name FROM pragma_table_info('${table}')`).pluck().all()
  // This version of the schema does not have the table.
  if (columns.length === 0) return 0
  const slots = columns.map(() => '?').join(', ')
  // A new file has the owner already.
  const verb = table === 'persons' ? 'REPLACE' : 'IGNORE'
  const insert = target.prepare(`INSERT OR ${verb} INTO ${table} (${columns.join(', ')}) VALUES (${slots})`)
  let copied = 0
  for (const row of readableRows(damaged, table, columns.join(', '))) {
    // A row that violates the schema is damaged too and is skipped.
    if (attempt(() => insert.run(row as unknown[]).changes) === 1) copied += 1
  }
  return copied
}

/**
 * Reads rows from both ends towards the damage, then tries each row number in between if the table has row numbers. Can
 * yield a row twice.
 */
function* readableRows(db: Connection, table: Table, columns: string): Generator<unknown> {
  const numbered = table !== 'quarter_sums'
  const order = numbered ? 'rowid' : 'quarter'
  // NOT INDEXED, because an index may be damaged while the table is not.
  const scan = (direction: string) =>
    `SELECT ${order}, ${columns} FROM ${table} NOT INDEXED ORDER BY ${order} ${direction}`
  const low = yield* rowsUntilDamage(db, scan('ASC'))
  const high = yield* rowsUntilDamage(db, scan('DESC'))
  if (!numbered || low === undefined || high === undefined) return
  const probe = attempt(() => db.prepare(`SELECT ${columns} FROM ${table} NOT INDEXED WHERE rowid = ?`).raw())
  for (let row = low + 1; row < high && row <= low + MAX_PROBES; row++) {
    const found = attempt(() => probe?.get(row))
    if (found !== undefined) yield found
  }
}

/** Yields rows without their first column, and returns that column of the last row read. */
function* rowsUntilDamage(db: Connection, sql: string): Generator<unknown, number | undefined> {
  let last: number | undefined
  const rows = attempt(() => db.prepare(sql).raw().iterate() as IterableIterator<[number, ...unknown[]]>)
  if (rows === undefined) return undefined
  try {
    for (;;) {
      const next = attempt(() => rows.next())
      if (next === undefined || next.done === true) return last
      const [number, ...row] = next.value
      last = number
      yield row
    }
  } finally {
    rows.return?.()
  }
}

/** undefined after an error: damage, or a table or column that this file never had. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (meansDamage(error) || isRefusal(error)) return undefined
    throw error
  }
}

function isRefusal(error: unknown): boolean {
  const code = sqliteCode(error)
  return code === 'SQLITE_ERROR' || code.startsWith('SQLITE_CONSTRAINT') || code === 'SQLITE_MISMATCH'
}
