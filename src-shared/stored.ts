import { z } from 'zod'
import { keySchema } from './key.ts'

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
