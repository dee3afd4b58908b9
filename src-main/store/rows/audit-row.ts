import { type StoredAuditEntry, storedAuditEntrySchema } from '#shared/records/audit.ts'

/** A row of `audit`. */
export interface AuditRow {
  readonly row: number
  readonly time: number
  readonly actor: string
  readonly person: string | null
  readonly address: string | null
  readonly action: string
  readonly subject: string | null
  readonly label: string | null
  readonly fields: string
}

/** undefined for an invalid row of a damaged file. */
export function fromAuditRow({ row, fields, ...rest }: AuditRow): StoredAuditEntry | undefined {
  return storedAuditEntrySchema.safeParse({ ...rest, id: row, fields: fields === '' ? [] : parsed(fields) }).data
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
