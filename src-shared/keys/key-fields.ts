import { z } from 'zod'
import { INPUT_SENTENCES } from '../text/input-sentence.ts'
import { DEFAULT_SCOPES, scopeSchema } from './scopes.ts'

interface KeyField {
  /** null stands for "no limit". */
  readonly schema: z.ZodType
  /** What a new key has when nobody says otherwise. Absent: it must be said. */
  readonly initial?: unknown
  /** How the store keeps it, in the column of its name (`tokensPerDay`: `tokens_per_day`). A list is kept as JSON. */
  readonly kind: 'text' | 'number' | 'flag' | 'list'
  /**
   * How a change takes something away, so that what runs with the key may no longer be allowed: an entry of a list, where
   * null is the list with everything on it; a scope, where `all` covers every other; a permission. null: no change does.
   */
  readonly restricts: 'list' | 'scopes' | 'permission' | null
}

const listEntry = z.string().trim().min(1).max(300)
const whole = z.number().int().positive().max(1_000_000_000)
const endpoint = listEntry.regex(/^\/[^\s?#]*$/, INPUT_SENTENCES.endpoint_wrong)
/** A point in time: milliseconds since 1970-01-01 UTC. */
export const instant = z.number().int().nonnegative()

/**
 * What a person may choose about a key, one row each. The schemas of the console API, the store's columns, the command
 * line's options and the names in the audit trail follow from it, or fail to compile when a row lacks something.
 */
export const KEY_FIELDS = {
  name: {
    schema: z.string().trim().min(1, INPUT_SENTENCES.key_name_missing).max(80, INPUT_SENTENCES.key_name_too_long),
    kind: 'text',
    restricts: null,
  },
  scopes: {
    schema: z.array(scopeSchema).min(1, INPUT_SENTENCES.key_without_scope).max(5),
    initial: [...DEFAULT_SCOPES],
    kind: 'list',
    restricts: 'scopes',
  },
  /** Exact paths, or `prefix/*`. null: every endpoint its scopes cover. */
  endpoints: {
    schema: z.array(endpoint).min(1).max(100).nullable(),
    initial: null,
    kind: 'list',
    restricts: 'list',
  },
  /** Model names, `*` as wildcard. null: every model. */
  models: { schema: z.array(listEntry).min(1).max(200).nullable(), initial: null, kind: 'list', restricts: 'list' },
  /** Origins that may use the key. null: any that is not blocked. */
  origins: { schema: z.array(listEntry).min(1).max(200).nullable(), initial: null, kind: 'list', restricts: 'list' },
  expiresAt: { schema: instant.nullable(), initial: null, kind: 'number', restricts: null },
  requestsPerMinute: { schema: whole.nullable(), initial: null, kind: 'number', restricts: null },
  tokensPerDay: { schema: whole.nullable(), initial: null, kind: 'number', restricts: null },
  /** Exchanges at the same time. */
  concurrency: { schema: whole.max(10_000).nullable(), initial: null, kind: 'number', restricts: null },
  /** Whether the secret is accepted in a URL: path prefix or host label. */
  allowInUrl: { schema: z.boolean(), initial: false, kind: 'flag', restricts: 'permission' },
  /** Whether it may use what leaves this computer: models in the cloud or elsewhere, and Ollama's web search. */
  online: { schema: z.boolean(), initial: false, kind: 'flag', restricts: 'permission' },
  /** The person who uses it. */
  owner: { schema: z.string().trim().min(1).max(80).nullable(), initial: null, kind: 'text', restricts: null },
  /** A new key is on. */
  enabled: { schema: z.boolean(), initial: true, kind: 'flag', restricts: null },
} as const satisfies Record<string, KeyField>

export type KeyFieldName = keyof typeof KEY_FIELDS
export const KEY_FIELD_NAMES = Object.keys(KEY_FIELDS) as KeyFieldName[]

type Fields = typeof KEY_FIELDS
type Shape = { [F in KeyFieldName]: Fields[F]['schema'] }
type NewKeyShape = {
  [F in Exclude<KeyFieldName, 'enabled'>]: Fields[F] extends { initial: unknown }
    ? z.ZodDefault<Fields[F]['schema']>
    : Fields[F]['schema']
}

/** The schema of each field, as a zod shape. */
export const keyFieldShape = Object.fromEntries(
  KEY_FIELD_NAMES.map((name) => [name, KEY_FIELDS[name].schema]),
) as unknown as Shape

/** The same for a key to be made, which is on: what is not said is as in the table. */
export const newKeyShape = Object.fromEntries(
  KEY_FIELD_NAMES.filter((name) => name !== 'enabled').map((name) => [name, withInitial(KEY_FIELDS[name])]),
) as unknown as NewKeyShape

function withInitial({ schema, initial }: KeyField): z.ZodType {
  return initial === undefined ? schema : schema.default(initial)
}
