import type { Role } from '#shared/people/role.ts'
import type { Session, SignInMethod } from '#shared/people/session.ts'

/** A session as it is stored. Only hashes of its two secrets. */
export interface StoredSession extends Omit<Session, 'current' | 'expiresAt'> {
  readonly cookieHash: string
  readonly pageHash: string
  readonly person: string
}

/** Durable: a resolved write survives a power cut. A rejected write leaves the store unchanged. */
export interface SessionStore {
  load(): Promise<StoredSession[]>
  put(session: StoredSession): Promise<void>
  /** Stores the time of the last use (ms UTC) of sessions, by id. */
  touch(seen: ReadonlyMap<string, number>): Promise<void>
  remove(ids: readonly string[]): Promise<void>
  /** Removes all sessions but these. */
  replaceAll(sessions: readonly StoredSession[]): Promise<void>
}

/** Whose session a token opens, and how they proved who they are. */
export interface Proof {
  readonly personId: string
  readonly method: SignInMethod
}

/** One-time tokens of several gateways, by their hashes. */
export interface TokenStore {
  put(hash: string, proof: Proof, expiresAt: number): Promise<void>
  /** Each token can be taken once. Resolves to undefined for one that is unknown or has expired. */
  take(hash: string): Promise<Proof | undefined>
}

/** Who can have sessions: active persons. */
export interface SessionPerson {
  readonly role: Role
  readonly isActive: boolean
}
