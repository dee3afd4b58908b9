import { z } from 'zod'
import { RECORDED_TEXTS } from '../records/recorded-text.ts'
import { instant, keyFieldShape, newKeyShape } from './key-fields.ts'

export const newKeySchema = z.strictObject(newKeyShape)
export type NewKey = z.infer<typeof newKeySchema>
export type NewKeyInput = z.input<typeof newKeySchema>

/** A new key as the console sends it. `via` goes into the audit trail and does not change the key. */
export const keyRequestSchema = newKeySchema.extend({ via: z.literal('pairing').optional() })

export const keyPatchSchema = z.strictObject(keyFieldShape).partial()
export type KeyPatch = z.infer<typeof keyPatchSchema>

/** The first online feature that a key without `online` requested: a remote model or a web search. */
export const onlineFeatureSchema = z.enum(['model', 'web'])
export type OnlineFeature = z.infer<typeof onlineFeatureSchema>

/** A key without its secret and hashes. */
export const keySchema = z.object({
  ...keyFieldShape,
  // Keys from older versions, such as in an imported setup, lack these fields. They stay offline and work for any app.
  online: newKeyShape.online,
  app: newKeyShape.app,
  /** The open question to the person. null: never asked; `answered`: never asked again. */
  onlineQuestion: z
    .enum([...onlineFeatureSchema.options, 'answered'])
    .nullable()
    .default(null),
  /**
   * The first other app that used a key made for one app: its origin, or the family of its user agent. null if there was
   * none.
   */
  otherApp: z.string().max(RECORDED_TEXTS.exchange.origin.most).nullable().default(null),
  /** True if the person has decided that the key stays with its app. Then nobody asks again. */
  onlyItsApp: z.boolean().default(false),
  /** Stable for the key's life: limits, history and usage belong to the id, not to the secret. */
  id: z.string(),
  /** First 12 characters of the current secret. */
  prefix: z.string(),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
  /** When the old secret stops working after a rotation; null if no old secret works. */
  graceUntil: instant.nullable(),
})
export type Key = z.infer<typeof keySchema>

/** The initial values of a key that was not used and has no question. */
export const UNUSED_KEY = {
  enabled: true,
  onlineQuestion: null,
  otherApp: null,
  onlyItsApp: false,
  lastUsedAt: null,
  graceUntil: null,
} as const satisfies Partial<Key>

/** A deleted key that still has exchanges and usage. */
export const deletedKeySchema = keySchema.pick({ id: true, name: true, person: true })
export type DeletedKey = z.infer<typeof deletedKeySchema>

/** A key with its secret, which the core shows only this once. */
export const issuedKeySchema = keySchema.extend({ secret: z.string() })
export type IssuedKey = z.infer<typeof issuedKeySchema>

export const rotateSchema = z.strictObject({
  /** How long the old secret still works, in milliseconds: 0 to 7 days. */
  graceMs: z
    .number()
    .int()
    .min(0)
    .max(7 * 86_400_000)
    .default(0),
})
