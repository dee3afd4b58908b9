import type { StoredKey } from '#shared/keys/stored.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { SharedLock } from '../base/shared-lock.ts'

/**
 * Runs work that reads or writes the rows of a store and the memory of them: a restore waits for it, and it waits for a
 * restore. Rejects where there is no store any more. Never within another such work.
 */
export type UseStore = SharedLock['shared']

/** Durable: a promise that has resolved survives a power cut. Rejections leave the store as it was. */
export interface KeyStore {
  load(): Promise<StoredKey[]>
  insert(key: StoredKey): Promise<void>
  /** Replaces the row of the same id, its secrets included. */
  replace(key: StoredKey): Promise<void>
  /** For good, its secrets included. */
  remove(id: string): Promise<void>
  /** Not durable, many at once: last use by key id (ms UTC). */
  touch(lastUsed: ReadonlyMap<string, number>): Promise<void>
}

/** Keys and sites of another computer. */
export interface Arrivals {
  readonly keys: readonly StoredKey[]
  readonly origins: readonly OriginRecord[]
}

/** Durable, and all of them or none. */
export interface ArrivalStore {
  insert(arrivals: Arrivals): Promise<void>
}

/** Durable for decisions. */
export interface OriginStore {
  load(): Promise<OriginRecord[]>
  put(record: OriginRecord): Promise<void>
  remove(origin: string): Promise<void>
  /** Not durable, many at once: counts of known origins, and whole records of origins seen for the first time. */
  touch(records: readonly OriginRecord[]): Promise<void>
}
