import type { Client } from '../postgres/connection/database.ts'
import { storableText } from '../postgres/connection/storable.ts'
import {
  type ColumnKind,
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
/** Numbers of changes matter only where several gateways follow one another. */
const ONLY_HERE = ['version', 'touched']
/** The last change of every row that was moved. */
const FIRST_VERSION = 1
const NUMBERS = ['bigint', 'integer', 'smallint']

export interface PostgresSideOptions {
  /** Within a transaction. */
  readonly client: Client
  /** Makes the partitions of these moments (ms UTC). */
  readonly makeDays: (times: readonly number[]) => Promise<void>
}

/** A shared database. The caller has its lock, and no gateway uses it. */
export class PostgresSide implements Side {
  readonly #client: Client
  readonly #makeDays: PostgresSideOptions['makeDays']
  /** The texts of `terms`, which are unique. */
  readonly #texts = new Set<string>()
  readonly #types = new Map<MovedTable, ReadonlyMap<string, string>>()

  constructor({ client, makeDays }: PostgresSideOptions) {
    this.#client = client
    this.#makeDays = makeDays
  }

  async columns(table: MovedTable): Promise<Columns> {
    const types = await this.#typesOf(table)
    const names = [...types.keys()].filter((name) => !ONLY_HERE.includes(name))
    return new Map(names.map((name) => [name, kindOf(types.get(name) ?? '')]))
  }

  async *rows(table: MovedTable, columns: readonly string[]): AsyncGenerator<readonly Row[]> {
    const order = ORDERS[table].map((name) => here(table, name)).join(', ')
    const selected = columns.map((name) => here(table, name)).join(', ')
    await this.#client.query(`DECLARE moved NO SCROLL CURSOR FOR SELECT ${selected} FROM ${table} ORDER BY ${order}`)
    for (;;) {
      const rows = await this.#arrays(`FETCH ${ROWS_OF_A_BATCH} FROM moved`)
      if (rows.length === 0) break
      yield rows
    }
    await this.#client.query('CLOSE moved')
  }

  async insert(table: MovedTable, columns: readonly string[], rows: readonly Row[]): Promise<void> {
    const types = await this.#typesOf(table)
    const names = columns.map((name) => here(table, name))
    const [versionName, version] = types.has('version') ? [', version', `, ${FIRST_VERSION}`] : ['', '']
    const arrays = columns.map((name, at) => `$${at + 1}::${types.get(name) ?? 'text'}[]`)
    const values = columns.map((name, at) => rows.map((row) => this.#fitting(table, name, row[at] ?? null)))
    if (table === 'exchanges') await this.#makeDays(timesIn(columns, rows))
    await this.#client.query(
      `INSERT INTO ${table} (${names.join(', ')}${versionName}) OVERRIDING SYSTEM VALUE
       SELECT moved.*${version} FROM unnest(${arrays.join(', ')}) AS moved`,
      values,
    )
  }

  async figures(table: MovedTable, columns: Columns): Promise<Figures> {
    const named = new Map([...columns].map(([name, kind]) => [here(table, name), kind]))
    const { rows } = await this.#client.query<Record<string, number | string | null>>(
      `SELECT ${figuresSql(named, (name) => name)} FROM ${table}`,
    )
    const found = rows[0] ?? {}
    return Object.fromEntries(['rows', ...columns.keys()].map((name) => [name, Number(found[here(table, name)] ?? 0)]))
  }

  totals(): Promise<readonly Row[]> {
    return this.#arrays(TOTALS_SQL)
  }

  async isEmpty(): Promise<boolean> {
    const filled = TABLES_OF_CONTENT.map((table) => `EXISTS (SELECT FROM ${table})`)
    const { rows } = await this.#client.query<{ filled: boolean }>(
      `SELECT EXISTS (SELECT FROM persons WHERE role <> 'owner') OR ${filled.join(' OR ')} AS filled`,
    )
    return rows[0]?.filled === false
  }

  async clear(): Promise<void> {
    await this.#client.query(
      'DELETE FROM persons; DELETE FROM credentials; DELETE FROM sessions; DELETE FROM terms; DELETE FROM changes; ' +
        'DELETE FROM dimension_sums; DELETE FROM sums_reach',
    )
  }

  async goOn(): Promise<void> {
    await this.#client.query(`UPDATE change_counter SET n = GREATEST(n, ${FIRST_VERSION})`)
    const { rows } = await this.#client.query<{ name: string; column: string }>(
      `SELECT table_name AS name, column_name AS column FROM information_schema.columns
       WHERE table_schema = current_schema() AND is_identity = 'YES'`,
    )
    const moved = rows.filter(({ name }) => name in ORDERS)
    for (const { name, column } of moved)
      await this.#continue(`pg_get_serial_sequence('${name}', '${column}')`, name, column)
    await this.#continue(`'exchange_numbers'`, 'exchanges', 'number')
  }

  async #continue(sequence: string, table: string, column: string): Promise<void> {
    await this.#client.query(
      `SELECT setval(${sequence}, last) FROM (SELECT MAX(${column}) AS last FROM ${table}) AS rows WHERE last > 0`,
    )
  }

  /** Two texts of a file can be the same when their characters are replaced that PostgreSQL does not store. */
  #fitting(table: MovedTable, column: string, value: Value): unknown {
    if (typeof value !== 'string') return value
    const text = storableText(value)
    if (table !== 'terms' || column !== 'text') return text
    const own = this.#texts.has(text) ? `${text} (${this.#texts.size})` : text
    this.#texts.add(own)
    return own
  }

  async #typesOf(table: MovedTable): Promise<ReadonlyMap<string, string>> {
    const known = this.#types.get(table)
    if (known !== undefined) return known
    const { rows } = await this.#client.query<{ name: string; type: string }>(
      `SELECT column_name AS name, data_type AS type FROM information_schema.columns
       WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position`,
      [table],
    )
    const types = new Map(
      rows.map(({ name, type }) => [table === 'exchanges' && name === 'number' ? 'row' : name, type]),
    )
    this.#types.set(table, types)
    return types
  }

  async #arrays(text: string): Promise<Row[]> {
    const { rows } = await this.#client.query<Value[]>({ text, rowMode: 'array' })
    return rows
  }
}

/** Numbers of exchanges come from a sequence, as several gateways write them. */
function here(table: MovedTable, name: string): string {
  return table === 'exchanges' && name === 'row' ? 'number' : name
}

function kindOf(type: string): ColumnKind {
  if (NUMBERS.includes(type)) return 'number'
  return type === 'bytea' ? 'bytes' : 'other'
}

function timesIn(columns: readonly string[], rows: readonly Row[]): number[] {
  const at = columns.indexOf('time')
  return rows.map((row) => Number(row[at]))
}
