import type { AuditEntry } from '#shared/records/audit.ts'
import type { Backup, Restored } from '#shared/records/backup.ts'
import type { Problem } from '#shared/text/problem.ts'
import type { ArrivalStore, KeyStore, OriginStore } from '../access/ports.ts'
import type { SharedLock } from '../base/shared-lock.ts'
import type { UsageRows } from '../usage/sums/ports.ts'

/**
 * What another writer has changed. `replacing`: other rows are about to be put in place of all there are, and nothing runs
 * through `use`. `replaced`: they are there, and are to be read. `lost`: there are no rows any more.
 */
export interface StoreChange {
  readonly kind: 'replacing' | 'replaced' | 'lost'
}

/** Everything that lasts but the settings. An open store holds the lock on its data: no other process works on it. */
export interface StorePort {
  /** These four only within `use`: the rooms remember what is in them. */
  readonly keys: KeyStore
  readonly origins: OriginStore
  readonly arrivals: ArrivalStore
  readonly usage: UsageRows
  readonly audit: AuditStore
  readonly backups: BackupStore
  /** False while other rows are being put in place, and when the store is lost. */
  readonly isOpen: boolean
  /** Runs work on rows that nobody replaces meanwhile. Never within another such work. */
  use: SharedLock['shared']
  /**
   * A restore waits for its listeners, which therefore must wait neither for `use`, `audit` nor `backups`; and it is undone
   * when one of them rejects `replaced`. Returns the call that ends the subscription.
   */
  changes(listener: (change: StoreChange) => Promise<void>): () => void
  /** What the person should know of it. */
  notices(): readonly Problem[]
  /** Also releases the lock. */
  close(): Promise<void>
}

/** Who changed what. Durable: a change and the memory of it survive a power cut alike. */
export interface AuditStore {
  add(entry: Omit<AuditEntry, 'id'>): Promise<void>
  /** Newest first; `before` is the id of the last entry of the page before. */
  list(limit: number, before: number | undefined): Promise<AuditEntry[]>
  /** Deletes entries before a moment (ms UTC). */
  prune(before: number): Promise<void>
  /** Whether any entry is about a key or an origin. */
  isAbout(subject: string): Promise<boolean>
  forget(subject: string): Promise<void>
  forgetAll(): Promise<void>
}

/** Copies of the whole store. Every method rejects with a PersonError for what a person can mend. */
export interface BackupStore {
  /** Made while the store is in use; the last seven of each kind are kept. */
  create(kind: 'daily' | 'asked'): Promise<Backup>
  /** Newest first. */
  list(): Promise<Backup[]>
  /** Resolves to how many there were. */
  removeAll(): Promise<number>
  /**
   * Puts a backup in place of everything there is, which becomes a backup itself. Resolves to undefined for a backup that
   * is not there. When it rejects, everything is as before, or the store is lost.
   */
  restore(name: string): Promise<Restored | undefined>
}
