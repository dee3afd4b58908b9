import type { StoredKey } from '#shared/keys/stored.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { SharedLock } from '../base/shared-lock.ts'

/**
 * Runs work on the rows of a store and their copy in memory. A restore and such work wait for each other. Rejects if the
 * store is lost. Must not be nested.
 */
export type UseStore = SharedLock['shared']

/** Durable: a resolved write survives a power cut. A rejected write leaves the store unchanged. */
export interface KeyStore {
  load(): Promise<StoredKey[]>
  insert(key: StoredKey): Promise<void>
  /** Replaces the row with the same id, including its secrets. */
  replace(key: StoredKey): Promise<void>
  /** Deletes permanently, including its secrets. */
  remove(id: string): Promise<void>
  /** Not durable; writes the last use of many keys, by id (ms UTC). */
  touch(lastUsed: ReadonlyMap<string, number>): Promise<void>
}

/** Keys and sites from another computer. */
export interface Arrivals {
  readonly keys: readonly StoredKey[]
  readonly origins: readonly OriginRecord[]
}

/** Durable; writes all or none. */
export interface ArrivalStore {
  insert(arrivals: Arrivals): Promise<void>
}

/** Durable for decisions. */
export interface OriginStore {
  load(): Promise<OriginRecord[]>
  put(record: OriginRecord): Promise<void>
  remove(origin: string): Promise<void>
  /** Not durable; writes counts of known origins and whole records of new ones. */
  touch(records: readonly OriginRecord[]): Promise<void>
}
