import { z } from 'zod'
import { INPUT_SENTENCES } from '../text/input-sentence.ts'
import { DEFAULT_SCOPES, scopeSchema } from './scopes.ts'

const name = z.string().trim().min(1, INPUT_SENTENCES.key_name_missing).max(80, INPUT_SENTENCES.key_name_too_long)
const listEntry = z.string().trim().min(1).max(300)
const whole = z.number().int().positive().max(1_000_000_000)
/** A point in time: milliseconds since 1970-01-01 UTC. */
const instant = z.number().int().nonnegative()

const endpoint = listEntry.regex(/^\/[^\s?#]*$/, INPUT_SENTENCES.endpoint_wrong)

/** What a person may choose about a key. `null` stands for "no limit". */
const choices = {
  name,
  scopes: z.array(scopeSchema).min(1, INPUT_SENTENCES.key_without_scope).max(5),
  /** Exact paths, or `prefix/*`. null: every endpoint its scopes cover. */
  endpoints: z.array(endpoint).min(1).max(100).nullable(),
  /** Model names, `*` as wildcard. null: every model. */
  models: z.array(listEntry).min(1).max(200).nullable(),
  /** Origins that may use the key. null: any that is not blocked. */
  origins: z.array(listEntry).min(1).max(200).nullable(),
  expiresAt: instant.nullable(),
  requestsPerMinute: whole.nullable(),
  tokensPerDay: whole.nullable(),
  /** Exchanges at the same time. */
  concurrency: whole.max(10_000).nullable(),
  /** Whether the secret may stand in a URL: path prefix or host label. */
  allowInUrl: z.boolean(),
  /** Whether it may use what leaves this computer: models in the cloud or elsewhere, and Ollama's web search. */
  online: z.boolean(),
  /** The person who uses it. */
  owner: z.string().trim().min(1).max(80).nullable(),
}

export const newKeySchema = z.strictObject({
  name,
  scopes: choices.scopes.default([...DEFAULT_SCOPES]),
  endpoints: choices.endpoints.default(null),
  models: choices.models.default(null),
  origins: choices.origins.default(null),
  expiresAt: choices.expiresAt.default(null),
  requestsPerMinute: choices.requestsPerMinute.default(null),
  tokensPerDay: choices.tokensPerDay.default(null),
  concurrency: choices.concurrency.default(null),
  allowInUrl: choices.allowInUrl.default(false),
  online: choices.online.default(false),
  owner: choices.owner.default(null),
})
export type NewKey = z.infer<typeof newKeySchema>
export type NewKeyInput = z.input<typeof newKeySchema>

/** What the console sends. `via` only says how the person came to it, for the audit trail: the key is the same. */
export const keyRequestSchema = newKeySchema.extend({ via: z.literal('pairing').optional() })

export const keyPatchSchema = z.strictObject({ ...choices, enabled: z.boolean() }).partial()
export type KeyPatch = z.infer<typeof keyPatchSchema>

/** What a key without `online` wanted first: a model that runs elsewhere, or to search the web. */
export const onlineWishSchema = z.enum(['model', 'web'])
export type OnlineWish = z.infer<typeof onlineWishSchema>

/** A key as everyone but its owner sees it: never the secret, never its hash. */
export const keySchema = z.object({
  ...choices,
  // Keys from before it, as in a setup of another computer, stay on this one.
  online: choices.online.default(false),
  /** What the person is being asked about it. A key is asked about once: `answered` after that, null before. */
  onlineQuestion: z
    .enum([...onlineWishSchema.options, 'answered'])
    .nullable()
    .default(null),
  /** Stable for the key's life: limits, history and usage hang on it, not on the secret. */
  id: z.string(),
  enabled: z.boolean(),
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
