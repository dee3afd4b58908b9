import type { NewAuditEntry, StoredAuditEntry } from '#shared/records/audit.ts'
import { type AuditRow, fromAuditRow } from '../../rows/audit-row.ts'
import type { Database } from '../connection/database.ts'

/** The audit trail: who changed what. */
export class AuditTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async add({ time, actor, person, address, action, subject, label, fields }: NewAuditEntry): Promise<void> {
    await this.#database.query(
      `INSERT INTO audit (time, actor, person, address, action, subject, label, fields)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [time, actor, person, address, action, subject, label, JSON.stringify(fields)],
    )
  }

  /** Newest first; `before` is the id of the last entry of the page before. */
  async list(limit: number, before: number | undefined): Promise<StoredAuditEntry[]> {
    const { rows } = await this.#database.query<AuditRow>(
      'SELECT * FROM audit WHERE row < $1 ORDER BY row DESC LIMIT $2',
      [before ?? Number.MAX_SAFE_INTEGER, limit],
    )
    return rows.flatMap((row) => fromAuditRow(row) ?? [])
  }

  /** Deletes entries before a moment (ms UTC). */
  async prune(before: number): Promise<void> {
    await this.#database.query('DELETE FROM audit WHERE time < $1', [before])
  }

  /** True if any entry is about this key or origin. */
  async isAbout(subject: string): Promise<boolean> {
    const { rowCount } = await this.#database.query('SELECT FROM audit WHERE subject = $1 LIMIT 1', [subject])
    return rowCount !== 0
  }

  async forget(subject: string): Promise<void> {
    await this.#database.query('DELETE FROM audit WHERE subject = $1', [subject])
  }

  /** Removes a person and their addresses from the changes that they made. */
  async forgetPerson(personId: string): Promise<void> {
    await this.#database.query('UPDATE audit SET person = NULL, address = NULL WHERE person = $1', [personId])
  }

  async forgetAll(): Promise<void> {
    await this.#database.query('DELETE FROM audit')
  }
}
