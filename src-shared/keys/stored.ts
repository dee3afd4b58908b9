import { z } from 'zod'
import { keySchema } from './key.ts'

/** An id that can stand in an address as it is: `..` could not. */
export const KEY_ID_SHAPE = /^[A-Za-z0-9_-]{1,64}$/
/** 32 bytes in base64, in their one spelling. */
export const HASH_SHAPE = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/
/** The first 12 characters of a secret. */
export const PREFIX_SHAPE = /^sk-lk-[a-z2-7]{6}$/

/** A secret as kept: its SHA-256 and the 12 characters that may be shown. */
const storedSecretSchema = z.object({
  /** SHA-256 of the secret's ASCII bytes, in base64. */
  hash: z.string(),
  prefix: z.string(),
  /** null for the current secret; for one rotated out, when it stops (ms UTC). */
  expiresAt: z.number().int().nullable(),
})
export type StoredSecret = Readonly<z.infer<typeof storedSecretSchema>>

/** A key as kept. Deleted keys stay as long as usage names them, and so that a deletion can be undone. */
export const storedKeySchema = z.object({
  key: keySchema,
  secrets: z.array(storedSecretSchema),
  deletedAt: z.number().int().nullable(),
})
export interface StoredKey {
  readonly key: z.infer<typeof keySchema>
  readonly secrets: readonly StoredSecret[]
  readonly deletedAt: number | null
}

/** The time zones of today are all whole quarter hours from UTC, so sums per quarter hour make right days in each. */
export const QUARTER_MS = 900_000
