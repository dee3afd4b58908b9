import type { Connection } from '../sqlite/file/connection.ts'
import {
  type Columns,
  type Figures,
  figuresSql,
  type MovedTable,
  ORDERS,
  type Row,
  type Side,
  TABLES_OF_CONTENT,
  TOTALS_SQL,
  type Value,
} from './moved-tables.ts'

const ROWS_OF_A_BATCH = 5_000
/** Which exchange a sum contains matters only to a file. */
const ONLY_HERE: Partial<Record<MovedTable, string>> = { quarter_sums: 'upto' }
/** Longer than any that Latchkey records. Only in a file that somebody else has changed. */
const LONGEST_TEXT_BYTES = 2_000
/** No date is later. */
const LAST_TIME = 8_640_000_000_000_000
/** Such an exchange is in no list already. */
const READABLE: Partial<Record<MovedTable, string>> = { exchanges: `time BETWEEN 0 AND ${LAST_TIME}` }
/** How a text is read that another program may have made too long. */
const READ_AS: Partial<Record<MovedTable, Readonly<Record<string, string>>>> = {
  terms: { text: `CASE WHEN octet_length(text) <= ${LONGEST_TEXT_BYTES} THEN text ELSE 'too long #' || id END` },
}

/** A data file. The caller has its lock, and nothing else uses the file. */
export class SqliteSide implements Side {
  readonly #db: Connection

  constructor(db: Connection) {
    this.#db = db
  }

  async columns(table: MovedTable): Promise<Columns> {
    const found = this.#db.prepare<[string], { name: string; type: string }>(
      'SELECT name, type FROM pragma_table_info(?)',
    )
    return new Map(
      found
        .all(table)
        .filter(({ name }) => name !== ONLY_HERE[table])
        .map(({ name, type }) => [name, type === 'INTEGER' ? 'number' : type === 'BLOB' ? 'bytes' : 'other']),
    )
  }

  async *rows(table: MovedTable, columns: readonly string[]): AsyncGenerator<readonly Row[]> {
    const kinds = await this.columns(table)
    const selected = columns.map((name) => {
      return READ_AS[table]?.[name] ?? (kinds.get(name) === 'number' ? safeNumber(name) : name)
    })
    const sql = `SELECT ${selected.join(', ')} FROM ${from(table)} ORDER BY ${ORDERS[table].join(', ')}`
    let batch: Row[] = []
    for (const row of this.#db.prepare<[], Row>(sql).raw().iterate()) {
      batch.push(row)
      if (batch.length < ROWS_OF_A_BATCH) continue
      yield batch
      batch = []
    }
    if (batch.length > 0) yield batch
  }

  async insert(table: MovedTable, columns: readonly string[], rows: readonly Row[]): Promise<void> {
    const slots = columns.map(() => '?').join(', ')
    const insert = this.#db.prepare<Value[]>(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${slots})`)
    for (const row of rows) insert.run(...row)
  }

  async figures(table: MovedTable, columns: Columns): Promise<Figures> {
    const row = this.#db
      .prepare<[], Record<string, number | null>>(`SELECT ${figuresSql(columns, safeNumber)} FROM ${from(table)}`)
      .get()
    return Object.fromEntries(Object.entries(row ?? {}).map(([name, sum]) => [name, sum ?? 0]))
  }

  async totals(): Promise<readonly Row[]> {
    return this.#db.prepare<[], Row>(TOTALS_SQL).raw().all()
  }

  async isEmpty(): Promise<boolean> {
    const has = (sql: string) => this.#db.prepare<[], 1>(`SELECT 1 FROM ${sql} LIMIT 1`).get() !== undefined
    return !has("persons WHERE role <> 'owner'") && !TABLES_OF_CONTENT.some((table) => has(table))
  }

  async clear(): Promise<void> {
    this.#db.exec(
      'DELETE FROM persons; DELETE FROM credentials; DELETE FROM sessions; DELETE FROM terms; ' +
        'DELETE FROM dimension_sums; DELETE FROM sums_reach',
    )
  }

  /** All exchanges are in the sums already, so the next start adds none again. */
  async goOn(): Promise<void> {
    this.#db.exec(`INSERT INTO sums_written (row, upto, numbered) SELECT 1, last, last
      FROM (SELECT COALESCE(MAX(row), 0) AS last FROM exchanges) WHERE true
      ON CONFLICT DO UPDATE SET upto = excluded.upto, numbered = excluded.numbered`)
  }
}

/** A damaged file can have numbers that no count and no time has. */
function safeNumber(name: string): string {
  return `MAX(-${Number.MAX_SAFE_INTEGER}, MIN(${Number.MAX_SAFE_INTEGER}, ${name}))`
}

function from(table: MovedTable): string {
  const readable = READABLE[table]
  return readable === undefined ? table : `${table} WHERE ${readable}`
}
