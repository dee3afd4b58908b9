import type { DatabaseState } from '#shared/console-api/database.ts'
import type { NewAuditEntry, StoredAuditEntry } from '#shared/records/audit.ts'
import type { Backup, Restored } from '#shared/records/backup.ts'
import type { ForeignRows } from '#shared/records/foreign-rows.ts'
import type { Problem } from '#shared/text/problem.ts'
import type { ArrivalStore, KeyStore, LimitQuestionStore, OriginStore, ShareStore } from '../../access/ports.ts'
import type { SharedLock } from '../../base/shared-lock.ts'
import type { SharedFigures } from '../../observability/shared-figures.ts'
import type { PairingStore } from '../../pairing/ports.ts'
import type { CredentialStore, FlowStore, InvitationStore, JoiningStore, PersonStore } from '../../people/ports.ts'
import type { SessionStore, TokenStore } from '../../people/sessions/ports.ts'
import type { UsageStore } from '../../usage/ports.ts'

/**
 * A change by another writer than the rooms. `replacing`: all rows are about to be replaced, and nothing runs through
 * `use`. `replaced`: the new rows can be read. `lost`: the rows cannot be read any more.
 *
 * Of a shared database: `away`: it does not answer. `closed`: for so long that every request must be refused. `here`: it is back,
 * and the rooms have what was changed meanwhile.
 */
export interface StoreChange {
  readonly kind: 'replacing' | 'replaced' | 'lost' | 'away' | 'closed' | 'here'
}

/**
 * All persistent data except the settings. SQLite holds a lock, so that no other process uses its data; PostgreSQL is shared by
 * several gateways.
 */
export interface StorePort {
  /** Use these eight only within `use`, because the rooms keep their content in memory. */
  readonly persons: PersonStore
  readonly credentials: CredentialStore
  readonly invitations: InvitationStore
  readonly keys: KeyStore
  readonly origins: OriginStore
  readonly arrivals: ArrivalStore
  readonly joinings: JoiningStore
  readonly sessions: SessionStore
  /** null: one-time tokens need not survive this process. */
  readonly tokens: TokenStore | null
  /** null: nobody finishes what was begun at another gateway. */
  readonly flows: FlowStore | null
  /** null: requests of apps for a key need not survive this process. */
  readonly pairings: PairingStore | null
  readonly usage: UsageStore
  readonly audit: AuditStore
  readonly backups: BackupStore
  /** For `/metrics`; undefined if no other gateway uses this store. */
  readonly figures?: SharedFigures
  /** The shares of each limit; undefined if no other gateway uses this store. */
  readonly shares?: ShareStore
  /** The questions about limits; undefined if no other gateway uses this store. */
  readonly limitQuestions?: LimitQuestionStore
  /** True if other gateways can use the same data. Its backups are then made elsewhere. */
  readonly isShared: boolean
  /** Tells this data from other data, and stays the same. */
  readonly id: string
  /** False while the rows are being replaced, if the store is lost, and if `isCutOff`. */
  readonly isOpen: boolean
  /** True if a shared database was not reached for too long: nobody knows which keys were closed meanwhile. */
  readonly isCutOff: boolean
  /** Runs work while no rows are replaced. Must not be nested. */
  use: SharedLock['shared']
  /**
   * Reports changes. A restore waits for the listeners, so they must not wait for `use`, `audit` or `backups`. If a
   * listener rejects `replaced`, the restore is undone. Returns a function that removes the listener.
   */
  changes(listener: (change: StoreChange) => Promise<void>): () => void
  /**
   * Hands over what other gateways on the same database have changed. The listener must not throw. Returns a function that
   * removes it.
   */
  follow(listener: (rows: ForeignRows) => void): () => void
  /** Resolves when the listeners have everything that other gateways had written before this call. */
  catchUp(): Promise<void>
  /** The same without last uses; undefined if no other gateway uses this store. */
  look?(): Promise<void>
  /** Starts to follow other gateways. Call it when the rooms have read their rows. */
  start(): Promise<void>
  /** The shared database and its gateways; null for a file. */
  database(): Promise<DatabaseState | null>
  /** Problems of the store that the person should know. */
  notices(): readonly Problem[]
  /** Closes the data and releases the lock. */
  close(): Promise<void>
}

/** The audit trail: who changed what. As durable as the changes themselves: both survive a power cut. */
export interface AuditStore {
  add(entry: NewAuditEntry): Promise<void>
  /** Newest first; `before` is the id of the last entry of the page before. */
  list(limit: number, before: number | undefined): Promise<StoredAuditEntry[]>
  /** Deletes entries before a moment (ms UTC). */
  prune(before: number): Promise<void>
  /** True if any entry is about this key or origin. */
  isAbout(subject: string): Promise<boolean>
  forget(subject: string): Promise<void>
  /** Removes a person and their addresses from the changes that they made. */
  forgetPerson(personId: string): Promise<void>
  forgetAll(): Promise<void>
}

/** Copies of the whole store. Every method rejects with a PersonError for a problem that a person can fix. */
export interface BackupStore {
  /** Copies the store while it is in use. Keeps the last seven of each kind. */
  create(kind: 'daily' | 'asked'): Promise<Backup>
  /** Newest first. */
  list(): Promise<Backup[]>
  /** Resolves to the number deleted. */
  removeAll(): Promise<number>
  /**
   * Replaces all data with a backup; the old data becomes a backup itself. Resolves to undefined for an unknown backup.
   * If it rejects, nothing has changed, or the store is lost.
   */
  restore(name: string): Promise<Restored | undefined>
}
