import type { RecordRow } from '../../rows/record-columns.ts'
import type { RecordKind } from '../../rows/record-kinds.ts'
import { type Change, type Changes, changedElsewhere } from '../changes/changes.ts'
import type { Snapshot } from '../changes/snapshot.ts'
import type { Versions } from '../changes/versions.ts'
import type { Client } from '../connection/database.ts'

/** The rows of a kind with their versions. */
export interface ReadRow<T> {
  readonly id: string
  readonly version: number
  /** undefined for an invalid row. */
  readonly row: T | undefined
}

export interface RecordTableOptions<T extends { readonly id: string }> {
  readonly kind: RecordKind<T>
  readonly changes: Changes
  readonly versions: Versions
  readonly snapshot: Snapshot
  /** Called for each invalid row, which is left out. */
  readonly onUnreadable: (id: string) => void
}

/** A table whose rows are records with an id: read as a whole, written one by one. */
export class RecordTable<T extends { readonly id: string }> {
  readonly #options: RecordTableOptions<T>
  readonly #sql: ReturnType<typeof statementsOf>

  constructor(options: RecordTableOptions<T>) {
    this.#options = options
    this.#sql = statementsOf(options.kind)
  }

  async load(): Promise<T[]> {
    const read = await this.#options.snapshot.rows(this.#options.kind.table, (client) => this.read(client))
    return read.flatMap(({ row }) => row ?? [])
  }

  /** All rows, or those with these ids, in the order in which they were added. */
  async read(client: Client, ids?: readonly string[]): Promise<ReadRow<T>[]> {
    const { kind, onUnreadable } = this.#options
    const { rows } =
      ids === undefined
        ? await client.query<RecordRow>(`${this.#sql.select} ORDER BY row`)
        : await client.query<RecordRow>(`${this.#sql.select} WHERE id = ANY ($1) ORDER BY row`, [ids])
    return rows.map((found) => {
      const [id, row] = [String(found['id']), kind.parse(kind.columns.fromRow(found))]
      if (row === undefined) onUnreadable(id)
      return { id, version: Number(found['version']), row }
    })
  }

  /** Inserts the record, or replaces the one with the same id. */
  put(record: T): Promise<void> {
    const known = this.knownVersion(record.id)
    return this.#options.changes.write((change) => this.putIn(change, record, known))
  }

  /**
   * The version of the row that the rooms have now. Ask when a change is requested: while it waits for its turn, the rooms can get
   * a later row, which it must not overwrite.
   */
  knownVersion(id: string): number | undefined {
    return this.#options.versions.of(this.#options.kind.table, id)
  }

  /** The same as `put` within a change. */
  async putIn(change: Change, record: T, known: number | undefined): Promise<void> {
    const { kind } = this.#options
    const row = kind.columns.toRow(record)
    const values = kind.columns.names.map((name) => row[name])
    const { rowCount } =
      known === undefined
        ? await change.client.query(this.#sql.insert, [...values, change.n])
        : await change.client.query(this.#sql.update, [...values, change.n, known])
    if (rowCount === 0) throw changedElsewhere()
    change.wrote(kind.table, record.id)
  }

  remove(id: string): Promise<void> {
    return this.removeAll([id])
  }

  /** Rows that are gone already do not matter. */
  removeAll(ids: readonly string[]): Promise<void> {
    return this.#options.changes.write((change) => this.removeIn(change, 'id = ANY ($1)', [ids]))
  }

  /** Removes the rows that fit, within a change. */
  async removeIn(change: Change, condition: string, values: readonly unknown[]): Promise<void> {
    const { table } = this.#options.kind
    const { rows } = await change.client.query<{ id: string }>(`DELETE FROM ${table} WHERE ${condition} RETURNING id`, [
      ...values,
    ])
    for (const { id } of rows) change.removed(table, id)
  }
}

function statementsOf<T extends { readonly id: string }>({ table, columns: { names } }: RecordKind<T>) {
  const slots = names.map((_, at) => `$${at + 1}`)
  const next = names.length + 1
  return {
    select: `SELECT ${names.join(', ')}, version FROM ${table}`,
    insert: `INSERT INTO ${table} (${names.join(', ')}, version) VALUES (${slots.join(', ')}, $${next}) ON CONFLICT (id) DO NOTHING`,
    update: `UPDATE ${table} SET ${names.map((name, at) => `${name} = $${at + 1}`).join(', ')}, version = $${next}
      WHERE id = $${names.indexOf('id') + 1} AND version = $${next + 1}`,
  }
}
