import type { StoredKey } from '#shared/keys/stored.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { Person } from '#shared/people/person.ts'
import type { StoredCredential, StoredInvitation, StoredSession } from '#shared/people/stored.ts'
import type { Problem } from '#shared/text/problem.ts'
import { keyUnreadable, personUnreadable, siteUnreadable } from '../rows/unreadable.ts'
import type { Changes } from './changes/changes.ts'
import type { ReadRow, Snapshot, Source } from './changes/snapshot.ts'
import type { RowKind, Versions } from './changes/versions.ts'
import type { Client, Database } from './connection/database.ts'
import { KeyTable } from './tables/key-table.ts'
import { OriginTable } from './tables/origin-table.ts'
import {
  createPeopleTables,
  type PeopleTables,
  removePersonIn,
  requireKnownPerson,
  useInvitationIn,
} from './tables/people-tables.ts'
import type { RecordTable } from './tables/record-table.ts'
import { writeUses } from './tables/uses.ts'

/** The tables whose rows all gateways have in memory. */
export type Tables = PeopleTables & { readonly keys: KeyTable; readonly origins: OriginTable }

interface Shared {
  readonly database: Database
  readonly changes: Changes
  readonly versions: Versions
  readonly snapshot: Snapshot
}

interface Joining {
  readonly person: Person
  readonly credential: StoredCredential
  readonly keys: readonly StoredKey[]
  readonly invitation: StoredInvitation | null
}

interface Recovery {
  readonly credential: StoredCredential
  readonly invitation: StoredInvitation
}

interface Arrivals {
  readonly persons: readonly Person[]
  readonly keys: readonly StoredKey[]
  readonly origins: readonly OriginRecord[]
}

/** `tell` gets a notice for each row that cannot be read. */
export function createTables(shared: Shared, tell: (notice: Problem) => void): Tables {
  return {
    ...createPeopleTables(shared, (id) => tell(personUnreadable(id))),
    keys: new KeyTable({ ...shared, onUnreadable: (id) => tell(keyUnreadable(id)) }),
    origins: new OriginTable({ ...shared, onUnreadable: (origin) => tell(siteUnreadable(origin)) }),
  }
}

/** How a gateway that starts reads all of them. */
export function sourcesOf({ persons, credentials, invitations, keys, origins, sessions }: Tables): Source[] {
  return [
    sourceOf('persons', persons),
    sourceOf('credentials', credentials),
    sourceOf('invitations', invitations),
    sourceOf('keys', keys),
    sourceOf('origins', origins),
    sourceOf('sessions', sessions),
  ]
}

interface RowStoreOptions extends Pick<Shared, 'database' | 'changes'> {
  readonly tables: Tables
}

/** The tables in the form in which the rooms need them. */
export function createRowStores(options: RowStoreOptions) {
  const { changes, tables } = options
  return {
    persons: {
      ...recordStore(tables.persons),
      remove: (id: string) => changes.write((change) => removePersonIn(change, tables, id)),
    },
    credentials: recordStore(tables.credentials),
    invitations: recordStore(tables.invitations),
    arrivals: { insert: (arrivals: Arrivals) => insertArrivals(options, arrivals) },
    joinings: {
      insert: (joining: Joining) => insertJoining(options, joining),
      recover: (recovery: Recovery) => recover(options, recovery),
    },
    sessions: sessionStore(options),
  }
}

function sessionStore({ database, changes, tables: { sessions } }: RowStoreOptions) {
  return {
    load: () => sessions.load(),
    put: (session: StoredSession) => sessions.put(session),
    touch: (seen: ReadonlyMap<string, number>) => writeUses(database, 'sessions', seen),
    remove: (ids: readonly string[]) => sessions.removeAll(ids),
    replaceAll: (kept: readonly StoredSession[]) =>
      changes.write((change) => sessions.removeIn(change, 'NOT id = ANY ($1)', [kept.map(({ id }) => id)])),
  }
}

function insertArrivals({ changes, tables }: RowStoreOptions, { persons, keys, origins }: Arrivals): Promise<void> {
  return changes.write(async (change) => {
    for (const person of persons) await tables.persons.putIn(change, person, undefined)
    for (const key of keys) await tables.keys.insertIn(change, key)
    for (const origin of origins) await tables.origins.insertIn(change, origin)
  })
}

function insertJoining(
  { changes, tables }: RowStoreOptions,
  { person, credential, keys, invitation }: Joining,
): Promise<void> {
  const known = invitation === null ? undefined : tables.invitations.knownVersion(invitation.id)
  return changes.write(async (change) => {
    if (invitation !== null) await useInvitationIn(change, tables, invitation, known)
    await tables.persons.putIn(change, person, undefined)
    await tables.credentials.putIn(change, credential, undefined)
    for (const key of keys) await tables.keys.insertIn(change, key)
  })
}

function recover({ changes, tables }: RowStoreOptions, { credential, invitation }: Recovery): Promise<void> {
  const { persons, credentials, invitations, sessions } = tables
  const known = [invitations.knownVersion(invitation.id), credentials.knownVersion(credential.id)] as const
  const judged = [credential.person, invitation.createdBy].map((id) => [id, persons.knownVersion(id)] as const)
  return changes.write(async (change) => {
    for (const [id, version] of judged) await requireKnownPerson(change, id, version)
    await useInvitationIn(change, tables, invitation, known[0])
    await credentials.putIn(change, credential, known[1])
    await sessions.removeIn(change, 'person = $1', [credential.person])
  })
}

function sourceOf(
  kind: RowKind,
  table: { read(client: Client, ids?: readonly string[]): Promise<readonly ReadRow[]> },
): Source {
  return { kind, read: (client) => table.read(client) }
}

function recordStore<T extends { readonly id: string }>(table: RecordTable<T>) {
  return {
    load: () => table.load(),
    put: (record: T) => table.put(record),
    remove: (id: string) => table.remove(id),
  }
}
