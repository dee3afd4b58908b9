import { type AuditEntry, auditEntrySchema } from '#shared/records/audit.ts'
import type { Connection, Run } from '../file/connection.ts'

/** The audit trail: who changed what. As durable as the changes themselves: both survive a power cut. */
export type AuditTable = ReturnType<typeof createAuditTable>

interface AuditRow {
  row: number
  time: number
  actor: string
  action: string
  subject: string | null
  label: string | null
  fields: string
}

export function createAuditTable(db: Connection, run: Run) {
  const insert = db.prepare<Omit<AuditRow, 'row'>>(
    `INSERT INTO audit (time, actor, action, subject, label, fields)
     VALUES (@time, @actor, @action, @subject, @label, @fields)`,
  )
  const select = db.prepare<[number, number], AuditRow>('SELECT * FROM audit WHERE row < ? ORDER BY row DESC LIMIT ?')
  const prune = db.prepare<[number]>('DELETE FROM audit WHERE time < ?')
  const find = db.prepare<[string], number>('SELECT 1 FROM audit WHERE subject = ? LIMIT 1').pluck()
  const remove = db.prepare<[string]>('DELETE FROM audit WHERE subject = ?')
  const removeAll = db.prepare<[]>('DELETE FROM audit')
  return {
    add: (entry: Omit<AuditEntry, 'id'>) =>
      run(() => void insert.run({ ...entry, fields: JSON.stringify(entry.fields) })),
    /** Newest first; `before` is the id of the last entry of the page before. */
    list: (limit: number, before: number | undefined) =>
      run(() => select.all(before ?? Number.MAX_SAFE_INTEGER, limit).flatMap((row) => fromRow(row) ?? [])),
    /** Deletes entries before a time (ms UTC). They are few, because people cause them. */
    prune: (before: number) => run(() => void prune.run(before)),
    /** True if any entry is about this key or origin. */
    isAbout: (subject: string) => run(() => find.get(subject) !== undefined),
    forget: (subject: string) => run(() => void remove.run(subject)),
    forgetAll: () => run(() => void removeAll.run()),
  }
}

/** undefined for an invalid row of a damaged file. */
function fromRow({ row, fields, ...rest }: AuditRow): AuditEntry | undefined {
  return auditEntrySchema.safeParse({ ...rest, id: row, fields: fields === '' ? [] : parsed(fields) }).data
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
