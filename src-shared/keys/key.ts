import { z } from 'zod'
import { instant, keyFieldShape, newKeyShape } from './key-fields.ts'

export const newKeySchema = z.strictObject(newKeyShape)
export type NewKey = z.infer<typeof newKeySchema>
export type NewKeyInput = z.input<typeof newKeySchema>

/** What the console sends. `via` only says how the person came to it, for the audit trail: the key is the same. */
export const keyRequestSchema = newKeySchema.extend({ via: z.literal('pairing').optional() })

export const keyPatchSchema = z.strictObject(keyFieldShape).partial()
export type KeyPatch = z.infer<typeof keyPatchSchema>

/** What a key without `online` wanted first: a model that runs elsewhere, or to search the web. */
export const onlineWishSchema = z.enum(['model', 'web'])
export type OnlineWish = z.infer<typeof onlineWishSchema>

/** A key as everyone but its owner sees it: never the secret, never its hash. */
export const keySchema = z.object({
  ...keyFieldShape,
  // Keys from before it, as in a setup of another computer, stay on this one.
  online: newKeyShape.online,
  /** What the person is being asked about it. A key is asked about once: `answered` after that, null before. */
  onlineQuestion: z
    .enum([...onlineWishSchema.options, 'answered'])
    .nullable()
    .default(null),
  /** Stable for the key's life: limits, history and usage hang on it, not on the secret. */
  id: z.string(),
  /** First 12 characters of the current secret. */
  prefix: z.string(),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
  /** While a rotated-out secret still works: when it stops. */
  graceUntil: instant.nullable(),
})
export type Key = z.infer<typeof keySchema>

/** What is told of a key that was deleted, and of which there still are exchanges and usage. */
export const deletedKeySchema = keySchema.pick({ id: true, name: true, owner: true })
export type DeletedKey = z.infer<typeof deletedKeySchema>

/** A key and its secret: the one moment a secret leaves the core. */
export const issuedKeySchema = keySchema.extend({ secret: z.string() })
export type IssuedKey = z.infer<typeof issuedKeySchema>

export const rotateSchema = z.strictObject({
  /** How long the old secret lives on, in milliseconds: 0 to 7 days. */
  graceMs: z
    .number()
    .int()
    .min(0)
    .max(7 * 86_400_000)
    .default(0),
})
