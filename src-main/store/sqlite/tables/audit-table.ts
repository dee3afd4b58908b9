import type { NewAuditEntry } from '#shared/records/audit.ts'
import { type AuditRow, fromAuditRow } from '../../rows/audit-row.ts'
import type { Connection, Run } from '../file/connection.ts'

/** The audit trail: who changed what. As durable as the changes themselves: both survive a power cut. */
export type AuditTable = ReturnType<typeof createAuditTable>

export function createAuditTable(db: Connection, run: Run) {
  const insert = db.prepare<Omit<AuditRow, 'row'>>(
    `INSERT INTO audit (time, actor, person, address, action, subject, label, fields)
     VALUES (@time, @actor, @person, @address, @action, @subject, @label, @fields)`,
  )
  const select = db.prepare<[number, number], AuditRow>('SELECT * FROM audit WHERE row < ? ORDER BY row DESC LIMIT ?')
  const prune = db.prepare<[number]>('DELETE FROM audit WHERE time < ?')
  const find = db.prepare<[string], number>('SELECT 1 FROM audit WHERE subject = ? LIMIT 1').pluck()
  const remove = db.prepare<[string]>('DELETE FROM audit WHERE subject = ?')
  const forgetPerson = db.prepare<[string]>('UPDATE audit SET person = NULL, address = NULL WHERE person = ?')
  const removeAll = db.prepare<[]>('DELETE FROM audit')
  return {
    add: (entry: NewAuditEntry) => run(() => void insert.run({ ...entry, fields: JSON.stringify(entry.fields) })),
    /** Newest first; `before` is the id of the last entry of the page before. */
    list: (limit: number, before: number | undefined) =>
      run(() => select.all(before ?? Number.MAX_SAFE_INTEGER, limit).flatMap((row) => fromAuditRow(row) ?? [])),
    /** Deletes entries before a time (ms UTC). They are few, because people cause them. */
    prune: (before: number) => run(() => void prune.run(before)),
    /** True if any entry is about this key or origin. */
    isAbout: (subject: string) => run(() => find.get(subject) !== undefined),
    forget: (subject: string) => run(() => void remove.run(subject)),
    forgetPerson: (personId: string) => run(() => void forgetPerson.run(personId)),
    forgetAll: () => run(() => void removeAll.run()),
  }
}
