import { type Person, personSchema } from '#shared/people/person.ts'
import { PERSON_FIELDS } from '#shared/people/person-fields.ts'
import {
  type StoredCredential,
  type StoredInvitation,
  type StoredSession,
  storedCredentialSchema,
  storedInvitationSchema,
  storedSessionSchema,
} from '#shared/people/stored.ts'
import { type ColumnKind, RecordColumns } from './record-columns.ts'

/** Records with an id, the table that has them, and their columns. The same in both stores. */
export interface RecordKind<T extends { readonly id: string }> {
  readonly table: 'persons' | 'invitations' | 'credentials' | 'sessions'
  readonly columns: RecordColumns<keyof T & string>
  /** undefined for the fields of an invalid row. */
  readonly parse: (fields: Record<string, unknown>) => T | undefined
}

export const PERSONS: RecordKind<Person> = {
  table: 'persons',
  columns: new RecordColumns<keyof Person>({
    id: 'text',
    ...(Object.fromEntries(Object.entries(PERSON_FIELDS).map(([name, { kind }]) => [name, kind])) as Record<
      keyof typeof PERSON_FIELDS,
      ColumnKind
    >),
    createdAt: 'number',
  }),
  parse: (fields) => personSchema.safeParse(fields).data,
}

export const CREDENTIALS: RecordKind<StoredCredential> = {
  table: 'credentials',
  columns: new RecordColumns<keyof StoredCredential>({
    id: 'text',
    person: 'text',
    kind: 'text',
    subject: 'text',
    name: 'text',
    data: 'text',
    createdAt: 'number',
    lastUsedAt: 'number',
  }),
  parse: (fields) => storedCredentialSchema.safeParse(fields).data,
}

/** Without their codes. */
export const INVITATIONS: RecordKind<StoredInvitation> = {
  table: 'invitations',
  columns: new RecordColumns<keyof StoredInvitation>({
    id: 'text',
    codeHash: 'text',
    role: 'text',
    name: 'text',
    preset: 'text',
    person: 'text',
    models: 'list',
    origins: 'list',
    online: 'flag',
    hours: 'list',
    requestsPerMinute: 'number',
    tokensPerDay: 'number',
    concurrency: 'number',
    createdAt: 'number',
    createdBy: 'text',
    expiresAt: 'number',
    usedAt: 'number',
    usedBy: 'text',
    revokedAt: 'number',
  }),
  parse: (fields) => storedInvitationSchema.safeParse(fields).data,
}

/** The open sessions of the console. */
export const SESSIONS: RecordKind<StoredSession> = {
  table: 'sessions',
  columns: new RecordColumns<keyof StoredSession>({
    id: 'text',
    cookieHash: 'text',
    pageHash: 'text',
    person: 'text',
    method: 'text',
    device: 'text',
    address: 'text',
    createdAt: 'number',
    seenAt: 'number',
  }),
  parse: (fields) => storedSessionSchema.safeParse(fields).data,
}
