import type { Client, Database } from '../connection/database.ts'
import type { RowKind, Versions } from './versions.ts'

/** The rows of one kind, and how they are read. */
export interface Source {
  readonly kind: RowKind
  read(client: Client, ids?: readonly string[]): Promise<readonly ReadRow[]>
}

export interface ReadRow {
  readonly id: string
  readonly version: number
  readonly row: unknown
}

/**
 * All rows as they were at one moment. A gateway that starts reads it once, and its rooms take their kinds from it: no key
 * is seen without the person whom it had.
 */
export class Snapshot {
  readonly #database: Database
  readonly #versions: Versions
  readonly #taken = new Map<RowKind, readonly ReadRow[]>()
  /** The last change in it. */
  n = 0

  constructor(database: Database, versions: Versions) {
    this.#database = database
    this.#versions = versions
  }

  async read(sources: readonly Source[]): Promise<void> {
    await this.#database.transaction(async (client) => {
      const { rows } = await client.query<{ n: number }>('SELECT n FROM change_counter')
      this.n = rows[0]?.n ?? 0
      for (const source of sources) this.#taken.set(source.kind, await source.read(client))
    }, 'REPEATABLE READ READ ONLY')
    for (const [kind, rows] of this.#taken) {
      for (const { id, version } of rows) this.#versions.set(kind, id, version)
    }
  }

  /** The rows of a kind: once from the snapshot, later from the database. */
  async rows<R extends ReadRow>(kind: RowKind, read: (client: Client) => Promise<readonly R[]>): Promise<readonly R[]> {
    const taken = this.#taken.get(kind)
    this.#taken.delete(kind)
    // What a source of this kind has read.
    if (taken !== undefined) return taken as readonly R[]
    const rows = await this.#database.use(read)
    for (const { id, version } of rows) this.#versions.set(kind, id, version)
    return rows
  }
}
