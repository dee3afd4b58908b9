import type { Person } from '#shared/people/person.ts'
import { PERSONS } from '../../rows/record-kinds.ts'
import type { Connection, Run } from '../file/connection.ts'
import { createRecordTable } from './record-table.ts'

export interface PersonTableOptions {
  /** Commits survive a power cut. */
  readonly durable: Connection
  readonly run: Run
  /** Called for each person whose row is invalid. The keys of such a person are refused. */
  readonly onUnreadable: (id: string) => void
}

export type PersonTable = ReturnType<typeof createPersonTable>

export function createPersonTable({ durable, run, onUnreadable }: PersonTableOptions) {
  const table = createRecordTable<Person>({ kind: PERSONS, durable, run, onUnreadable })
  const removals = [
    'DELETE FROM credentials WHERE person = @id',
    'DELETE FROM invitations WHERE used_by = @id OR created_by = @id OR person = @id',
    'DELETE FROM persons WHERE id = @id',
  ].map((sql) => durable.prepare<{ id: string }>(sql))
  const remove = durable.transaction((id: string) => {
    for (const removal of removals) removal.run({ id })
  })
  return {
    ...table,
    /** Also removes what has no meaning without the person: their ways in, and the invitations they made or used or that are for them. */
    remove: (id: string) => run(() => remove.immediate(id)),
  }
}
