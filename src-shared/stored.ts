import type { Key } from './key.ts'
import type { UsageSums } from './usage.ts'

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

/** The time zones of today are all whole quarter hours from UTC, so sums per quarter hour make right days in each. */
export const QUARTER_MS = 900_000

/** Sums over some quarter hours for one value of a dimension. */
export interface ValueSums extends UsageSums {
  /** The model, key id or origin; `` (empty) where the exchanges had none. */
  readonly value: string
}
