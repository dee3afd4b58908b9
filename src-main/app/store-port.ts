import type { AuditEntry } from '#shared/records/audit.ts'
import type { Backup, Restored } from '#shared/records/backup.ts'
import type { Problem } from '#shared/text/problem.ts'
import type { ArrivalStore, KeyStore, OriginStore } from '../access/ports.ts'
import type { SharedLock } from '../base/shared-lock.ts'
import type { UsageRows } from '../usage/sums/ports.ts'

/**
 * A change by another writer than the rooms. `replacing`: all rows are about to be replaced, and nothing runs through
 * `use`. `replaced`: the new rows can be read. `lost`: the rows cannot be read any more.
 */
export interface StoreChange {
  readonly kind: 'replacing' | 'replaced' | 'lost'
}

/** All persistent data except the settings. An open store holds a lock, so that no other process uses its data. */
export interface StorePort {
  /** Use these four only within `use`, because the rooms keep their content in memory. */
  readonly keys: KeyStore
  readonly origins: OriginStore
  readonly arrivals: ArrivalStore
  readonly usage: UsageRows
  readonly audit: AuditStore
  readonly backups: BackupStore
  /** False while the rows are being replaced, and if the store is lost. */
  readonly isOpen: boolean
  /** Runs work while no rows are replaced. Must not be nested. */
  use: SharedLock['shared']
  /**
   * Reports changes. A restore waits for the listeners, so they must not wait for `use`, `audit` or `backups`. If a
   * listener rejects `replaced`, the restore is undone. Returns a function that removes the listener.
   */
  changes(listener: (change: StoreChange) => Promise<void>): () => void
  /** Problems of the store that the person should know. */
  notices(): readonly Problem[]
  /** Closes the data and releases the lock. */
  close(): Promise<void>
}

/** The audit trail: who changed what. As durable as the changes themselves: both survive a power cut. */
export interface AuditStore {
  add(entry: Omit<AuditEntry, 'id'>): Promise<void>
  /** Newest first; `before` is the id of the last entry of the page before. */
  list(limit: number, before: number | undefined): Promise<AuditEntry[]>
  /** Deletes entries before a moment (ms UTC). */
  prune(before: number): Promise<void>
  /** True if any entry is about this key or origin. */
  isAbout(subject: string): Promise<boolean>
  forget(subject: string): Promise<void>
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
