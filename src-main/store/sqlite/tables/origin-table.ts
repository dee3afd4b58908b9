import { type OriginRecord, originRecordSchema } from '#shared/origins/origin.ts'
import type { Connection, Run } from '../file/connection.ts'

const COLUMNS = `origin, status, decided_by AS decidedBy, label, first_seen_at AS firstSeenAt,
  last_seen_at AS lastSeenAt, requests, refused`
const INSERT = `INSERT INTO origins
  (origin, status, decided_by, label, first_seen_at, last_seen_at, requests, refused)
  VALUES (@origin, @status, @decidedBy, @label, @firstSeenAt, @lastSeenAt, @requests, @refused)`

export interface OriginTableOptions {
  /** Commits survive a power cut. */
  readonly durable: Connection
  /** Commits survive a crash of the process but not a power cut; for counts. */
  readonly relaxed: Connection
  readonly run: Run
  /** Called for each origin whose row is invalid. Such an origin counts as never seen. */
  readonly onUnreadable: (origin: string) => void
}

/** Origins and the decisions about them, in the form in which the access room needs them. */
export type OriginTable = ReturnType<typeof createOriginTable>

export function createOriginTable({ durable, relaxed, run, onUnreadable }: OriginTableOptions) {
  const select = durable.prepare<[], { origin: string }>(`SELECT ${COLUMNS} FROM origins ORDER BY row`)
  const upsert = durable.prepare<OriginRecord>(
    `${INSERT} ON CONFLICT (origin) DO UPDATE SET status = excluded.status, decided_by = excluded.decided_by,
       label = excluded.label, first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at,
       requests = excluded.requests, refused = excluded.refused`,
  )
  const remove = durable.prepare<[string]>('DELETE FROM origins WHERE origin = ?')
  // Updates only the counts of an existing row, because a late batch must not undo a decision.
  const count = relaxed.prepare<OriginRecord>(
    `${INSERT} ON CONFLICT (origin) DO UPDATE SET last_seen_at = excluded.last_seen_at,
       requests = excluded.requests, refused = excluded.refused`,
  )
  const touch = relaxed.transaction((records: readonly OriginRecord[]) => {
    for (const record of records) count.run(record)
  })
  const load = () =>
    select.all().flatMap((row) => {
      const record = originRecordSchema.safeParse(row)
      if (!record.success) onUnreadable(row.origin)
      return record.data ?? []
    })

  return {
    load: () => run(load),
    put: (record: OriginRecord) => run(() => void upsert.run(record)),
    /** Use it within a transaction of the caller. */
    putNow: (record: OriginRecord) => void upsert.run(record),
    remove: (origin: string) => run(() => void remove.run(origin)),
    touch: (records: readonly OriginRecord[]) => run(() => touch.immediate(records)),
  }
}
