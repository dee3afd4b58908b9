import type { StoredKey } from '#shared/keys/stored.ts'
import type { Person } from '#shared/people/person.ts'
import type { StoredCredential, StoredInvitation } from '#shared/people/stored.ts'
import type { Connection, Run } from '../file/connection.ts'
import type { CredentialTable } from './credential-table.ts'
import type { InvitationTable } from './invitation-table.ts'
import type { KeyTable } from './key-table.ts'
import type { PersonTable } from './person-table.ts'
import type { SessionTable } from './session-table.ts'

export interface JoiningTableOptions {
  /** Commits survive a power cut. */
  readonly durable: Connection
  readonly run: Run
  readonly persons: Pick<PersonTable, 'putNow'>
  readonly credentials: Pick<CredentialTable, 'putNow'>
  readonly invitations: Pick<InvitationTable, 'useNow'>
  readonly keys: Pick<KeyTable, 'insertNow'>
  readonly sessions: Pick<SessionTable, 'removeOfNow'>
}

/** Uses invitations, each in one transaction with what it gives: to somebody new, or to a person who is here. */
export type JoiningTable = ReturnType<typeof createJoiningTable>

export function createJoiningTable(options: JoiningTableOptions) {
  const { durable, run, persons, credentials, invitations, keys, sessions } = options
  const insert = durable.transaction((joining: Joining) => {
    if (joining.invitation !== null) invitations.useNow(joining.invitation)
    persons.putNow(joining.person)
    credentials.putNow(joining.credential)
    for (const key of joining.keys) keys.insertNow(key)
  })
  const recover = durable.transaction(({ credential, invitation }: Recovery) => {
    invitations.useNow(invitation)
    credentials.putNow(credential)
    sessions.removeOfNow(credential.person)
  })
  return {
    insert: (joining: Joining) => run(() => insert.immediate(joining)),
    recover: (recovery: Recovery) => run(() => recover.immediate(recovery)),
  }
}

interface Recovery {
  readonly credential: StoredCredential
  readonly invitation: StoredInvitation
}

interface Joining {
  readonly person: Person
  readonly credential: StoredCredential
  readonly keys: readonly StoredKey[]
  readonly invitation: StoredInvitation | null
}
