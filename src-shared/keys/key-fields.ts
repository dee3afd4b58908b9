import { z } from 'zod'
import { OWNER_ID, personIdSchema } from '../people/person-id.ts'
import { INPUT_SENTENCES } from '../text/input-sentence.ts'
import { DEFAULT_SCOPES, scopeSchema } from './scopes.ts'

export interface KeyField {
  /** null stands for "no limit". */
  readonly schema: z.ZodType
  /** The value of a new key if none is given. Absent: the field is required. */
  readonly initial?: unknown
  /**
   * The type of the store's column, which has the field's name (`tokensPerDay`: `tokens_per_day`). A list is stored as
   * JSON.
   */
  readonly kind: 'text' | 'number' | 'flag' | 'list'
  /**
   * Which changes take something away from the key, so that running requests may no longer be allowed: the removal of a
   * list entry (null allows everything), of a scope (`all` covers every other), or of a permission. null: no change
   * does. `app`: a change to another value than null. `person`: any change.
   */
  readonly restricts: 'list' | 'scopes' | 'permission' | 'app' | 'person' | null
}

const listEntry = z.string().trim().min(1).max(300)
const whole = z.number().int().positive().max(1_000_000_000)
const endpoint = listEntry.regex(/^\/[^\s?#]*$/, INPUT_SENTENCES.endpoint_wrong)
const appId = z.string().regex(/^[a-z0-9-]{1,40}$/)
/** A point in time: milliseconds since 1970-01-01 UTC. */
export const instant = z.number().int().nonnegative()

/**
 * The fields of a key that a person sets, one row each. The schemas of the console API, the store's columns, the
 * command line's options and the names in the audit trail derive from it, or fail to compile if a row lacks something.
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
  /** Exact paths, or `prefix/*`. null: every endpoint that its scopes cover. */
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
  /** The greatest number of simultaneous exchanges. */
  concurrency: { schema: whole.max(10_000).nullable(), initial: null, kind: 'number', restricts: null },
  /** Whether the secret is accepted in a URL: path prefix or host label. */
  allowInUrl: { schema: z.boolean(), initial: false, kind: 'flag', restricts: 'permission' },
  /** True if the key may use models in the cloud or on other computers, and Ollama's web search. */
  online: { schema: z.boolean(), initial: false, kind: 'flag', restricts: 'permission' },
  /**
   * The only app that may use the key: an id of `LINK_APPS`. null: any app. A key for an app that this version does not
   * know, such as one from a newer version, works for none.
   */
  app: { schema: appId.nullable(), initial: null, kind: 'text', restricts: 'app' },
  /** The id of the person who uses it. The key never allows more than this person. */
  person: { schema: personIdSchema, initial: OWNER_ID, kind: 'text', restricts: 'person' },
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

/** The shape for a new key: fields have the defaults of the table, and `enabled` is left out. */
export const newKeyShape = Object.fromEntries(
  KEY_FIELD_NAMES.filter((name) => name !== 'enabled').map((name) => [name, withInitial(KEY_FIELDS[name])]),
) as unknown as NewKeyShape

function withInitial({ schema, initial }: KeyField): z.ZodType {
  return initial === undefined ? schema : schema.default(initial)
}
