import type { Person } from '#shared/people/person.ts'
import type { StoredCredential, StoredInvitation, StoredSession } from '#shared/people/stored.ts'
import { CREDENTIALS, INVITATIONS, PERSONS, SESSIONS } from '../../rows/record-kinds.ts'
import { type Change, changedElsewhere } from '../changes/changes.ts'
import { RecordTable, type RecordTableOptions } from './record-table.ts'

type Shared = Omit<RecordTableOptions<never>, 'kind' | 'onUnreadable'>

export interface PeopleTables {
  readonly persons: RecordTable<Person>
  readonly credentials: RecordTable<StoredCredential>
  readonly invitations: RecordTable<StoredInvitation>
  readonly sessions: RecordTable<StoredSession>
}

export function createPeopleTables(shared: Shared, onUnreadablePerson: (id: string) => void): PeopleTables {
  const ignore = () => undefined
  return {
    persons: new RecordTable({ ...shared, kind: PERSONS, onUnreadable: onUnreadablePerson }),
    credentials: new RecordTable({ ...shared, kind: CREDENTIALS, onUnreadable: ignore }),
    invitations: new RecordTable({ ...shared, kind: INVITATIONS, onUnreadable: ignore }),
    sessions: new RecordTable({ ...shared, kind: SESSIONS, onUnreadable: ignore }),
  }
}

/** Also removes what has no meaning without the person: their ways in, and the invitations they made or used or that are for them. */
export async function removePersonIn(change: Change, tables: PeopleTables, id: string): Promise<void> {
  await tables.credentials.removeIn(change, 'person = $1', [id])
  await tables.invitations.removeIn(change, 'used_by = $1 OR created_by = $1 OR person = $1', [id])
  await tables.sessions.removeIn(change, 'person = $1', [id])
  await tables.persons.removeIn(change, 'id = $1', [id])
}

/** The person must be as this gateway knows them, because the rules were judged by that. */
export async function requireKnownPerson(change: Change, id: string, known: number | undefined): Promise<void> {
  const { rowCount } = await change.client.query('SELECT FROM persons WHERE id = $1 AND version = $2', [id, known])
  if (rowCount === 0) throw changedElsewhere()
}

/** Of two gateways at which the same invitation is used, one wins. */
export async function useInvitationIn(
  change: Change,
  { invitations }: PeopleTables,
  invitation: StoredInvitation,
  known: number | undefined,
): Promise<void> {
  const { rowCount } = await change.client.query(
    'SELECT FROM invitations WHERE id = $1 AND used_at IS NULL AND revoked_at IS NULL FOR UPDATE',
    [invitation.id],
  )
  if (rowCount === 0) throw changedElsewhere()
  await invitations.putIn(change, invitation, known)
}
