import type { Key } from '#shared/key.ts'
import type { OriginRecord } from '#shared/origin.ts'

/** A secret as kept: its SHA-256 and the 12 characters that may be shown. */
export interface StoredSecret {
  /** SHA-256 of the secret's ASCII bytes, in base64. */
  readonly hash: string
  readonly prefix: string
  /** null for the current secret; for one rotated out, when it stops (ms UTC). */
  readonly expiresAt: number | null
}

/** A key as kept. Deleted keys stay as long as usage names them, and so that a deletion can be undone. */
export interface StoredKey {
  readonly key: Key
  readonly secrets: readonly StoredSecret[]
  readonly deletedAt: number | null
}

/** Durable: a promise that has resolved survives a power cut. Rejections leave the store as it was. */
export interface KeyStore {
  load(): Promise<StoredKey[]>
  insert(key: StoredKey): Promise<void>
  /** Replaces the row of the same id, its secrets included. */
  replace(key: StoredKey): Promise<void>
  /** Not durable, many at once: last use by key id (ms UTC). */
  touch(lastUsed: ReadonlyMap<string, number>): Promise<void>
}

/** Durable for decisions; `touch` carries the counts, which are not. */
export interface OriginStore {
  load(): Promise<OriginRecord[]>
  put(record: OriginRecord): Promise<void>
  remove(origin: string): Promise<void>
  touch(records: readonly OriginRecord[]): Promise<void>
}
