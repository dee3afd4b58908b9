import type { StoredKey } from '#shared/keys/stored.ts'
import type { Person } from '#shared/people/person.ts'
import type { StoredCredential, StoredInvitation } from '#shared/people/stored.ts'
import type { SharedLock } from '../base/shared-lock.ts'

/** Durable: a resolved write survives a power cut. A rejected write leaves the store unchanged. */
export interface PersonStore {
  load(): Promise<Person[]>
  /** Inserts the person, or replaces the one with the same id. */
  put(person: Person): Promise<void>
  /** Also removes the person's credentials, and the invitations that they made or used or that are for them. */
  remove(id: string): Promise<void>
}

/** The ways in of all persons. As durable as persons. */
export interface CredentialStore {
  load(): Promise<StoredCredential[]>
  /** Inserts the credential, or replaces the one with the same id. Rejects if another one has its kind and subject. */
  put(credential: StoredCredential): Promise<void>
  remove(id: string): Promise<void>
}

/** As durable as persons. */
export interface InvitationStore {
  load(): Promise<StoredInvitation[]>
  /** Inserts the invitation, or replaces the one with the same id. */
  put(invitation: StoredInvitation): Promise<void>
  remove(id: string): Promise<void>
}

/** Somebody new, with everything that they get. */
export interface Joining {
  readonly person: Person
  /** The way in that they chose. */
  readonly credential: StoredCredential
  /** The key of a guest. */
  readonly keys: readonly StoredKey[]
  /** The invitation as it is after this, with `usedAt` and `usedBy`; null if there was none. */
  readonly invitation: StoredInvitation | null
}

/** A person who is here already and gets in again. */
export interface Recovery {
  /** A new way in, or their password with another hash. */
  readonly credential: StoredCredential
  /** As it is after this, with `usedAt` and `usedBy`. */
  readonly invitation: StoredInvitation
}

/** Durable; writes all or none. Rejects if the invitation was used or revoked before, whoever did that. */
export interface JoiningStore {
  insert(joining: Joining): Promise<void>
  /** Also removes the person's sessions. Rejects if the person or the invitation's maker is different by now. */
  recover(recovery: Recovery): Promise<void>
}

/** The keys and used ids that all gateways on one database share, so that a flow can begin at one and end at another. */
export interface FlowStore {
  /** The key of a period of time, the same for all who ask: `made`, unless there is one already. */
  key(period: number, made: Uint8Array): Promise<Uint8Array>
  /** Resolves to false if a flow with this id was used before. It is remembered until its end (ms UTC). */
  use(id: string, until: number): Promise<boolean>
}

/** Runs work on the rows of a store and their copy in memory. Must not be nested. */
export type UseStore = SharedLock['shared']
