import { z } from 'zod'
import { keySchema } from './key.ts'

/** A key id that is safe in a URL path, unlike `..`. */
export const KEY_ID_SHAPE = /^[A-Za-z0-9_-]{1,64}$/
/** 32 bytes in canonical base64. */
export const HASH_SHAPE = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/
/** The first 12 characters of a secret. */
export const PREFIX_SHAPE = /^sk-lk-[a-z2-7]{6}$/

/** A stored secret: its SHA-256 and the 12 characters that may be shown. */
const storedSecretSchema = z.object({
  /** SHA-256 of the secret's ASCII bytes, in base64. */
  hash: z.string(),
  prefix: z.string(),
  /** null for the current secret; for an old secret, when it stops working (ms UTC). */
  expiresAt: z.number().int().nullable(),
})
export type StoredSecret = Readonly<z.infer<typeof storedSecretSchema>>

/** A stored key. A deleted key stays as long as usage refers to it, so that a deletion can be undone. */
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

/** Quarter hours fit every current time zone: all offsets from UTC are whole quarter hours. */
export const QUARTER_MS = 900_000
