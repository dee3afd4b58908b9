import type { StoredSession } from '#shared/people/stored.ts'
import type { RecordRow } from '../../rows/record-columns.ts'
import { SESSIONS } from '../../rows/record-kinds.ts'
import type { Connection, Run } from '../file/connection.ts'

const { columns: COLUMNS, parse } = SESSIONS

export type SessionTable = ReturnType<typeof createSessionTable>

/** The open sessions of the console. `durable`: commits survive a power cut, so that an ended session stays ended. */
export function createSessionTable({ durable, run }: { readonly durable: Connection; readonly run: Run }) {
  const select = durable.prepare<[], RecordRow>(`SELECT ${COLUMNS.names.join(', ')} FROM sessions ORDER BY row`)
  const insert = durable.prepare<RecordRow>(
    `INSERT OR REPLACE INTO sessions (${COLUMNS.names.join(', ')}) VALUES (${COLUMNS.names.map((name) => `@${name}`).join(', ')})`,
  )
  const setSeen = durable.prepare<[number, string]>('UPDATE sessions SET seen_at = ? WHERE id = ?')
  const removeOne = durable.prepare<[string]>('DELETE FROM sessions WHERE id = ?')
  const removeOf = durable.prepare<[string]>('DELETE FROM sessions WHERE person = ?')
  const removeAll = durable.prepare<[]>('DELETE FROM sessions')
  const touch = durable.transaction((seen: ReadonlyMap<string, number>) => {
    for (const [id, seenAt] of seen) setSeen.run(seenAt, id)
  })
  const remove = durable.transaction((ids: readonly string[]) => {
    for (const id of ids) removeOne.run(id)
  })
  const replaceAll = durable.transaction((sessions: readonly StoredSession[]) => {
    removeAll.run()
    for (const session of sessions) insert.run(COLUMNS.toRow(session))
  })
  return {
    /** Leaves out invalid rows of a damaged file: their persons sign in again. */
    load: () => run(() => select.all().flatMap((row) => parse(COLUMNS.fromRow(row)) ?? [])),
    put: (session: StoredSession) => run(() => void insert.run(COLUMNS.toRow(session))),
    touch: (seen: ReadonlyMap<string, number>) => run(() => touch.immediate(seen)),
    remove: (ids: readonly string[]) => run(() => remove.immediate(ids)),
    /** All of a person. Use it within a transaction of the caller. */
    removeOfNow: (personId: string) => void removeOf.run(personId),
    replaceAll: (sessions: readonly StoredSession[]) => run(() => replaceAll.immediate(sessions)),
  }
}
