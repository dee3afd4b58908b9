import { type Key, type NewKey, newKeySchema } from '#shared/keys/key.ts'
import { DEFAULT_SCOPES, type Scope } from '#shared/keys/scopes.ts'
import { parseInput } from '#shared/text/input-sentence.ts'

/** The choice of a person who does not exist yet. */
export const NEW_PERSON = 'new'

/** The fields of the dialog. An empty list or `''` means no limit. */
export interface KeyDraft {
  name: string
  scopes: readonly Scope[]
  expiry: Expiry
  models: string[]
  origins: string[]
  endpoints: string[]
  requestsPerMinute: number | ''
  tokensPerDay: number | ''
  concurrency: number | ''
  allowInUrl: boolean
  online: boolean
  app: string | null
  /** The id of a person, or `NEW_PERSON`. */
  person: string
  /** The name of the person to add. */
  newPerson: string
}

/** `keep`: the key's current date. Numbers: days from now. */
export type Expiry = 'never' | 'keep' | '7' | '30' | '90' | '365'

const DAY_MS = 86_400_000

/** `own`: the person who fills in the dialog, who gets a new key. */
export function draftOf(key: Key | undefined, own: string): KeyDraft {
  return {
    name: key?.name ?? '',
    scopes: key?.scopes ?? DEFAULT_SCOPES,
    expiry: key?.expiresAt == null ? 'never' : 'keep',
    models: key?.models ?? [],
    origins: key?.origins ?? [],
    endpoints: key?.endpoints ?? [],
    requestsPerMinute: key?.requestsPerMinute ?? '',
    tokensPerDay: key?.tokensPerDay ?? '',
    concurrency: key?.concurrency ?? '',
    allowInUrl: key?.allowInUrl ?? false,
    online: key?.online ?? false,
    app: key?.app ?? null,
    person: key?.person ?? own,
    newPerson: '',
  }
}

/** The key of a draft. Throws an `InvalidInput` for the first invalid field. */
export function readDraft(draft: KeyDraft, expiresAt: number | null, now: number): NewKey {
  const { expiry, newPerson: _, ...choices } = draft
  return parseInput(newKeySchema, {
    ...choices,
    models: orNull(draft.models),
    origins: orNull(draft.origins),
    endpoints: orNull(draft.endpoints),
    requestsPerMinute: numberOrNull(draft.requestsPerMinute),
    tokensPerDay: numberOrNull(draft.tokensPerDay),
    concurrency: numberOrNull(draft.concurrency),
    expiresAt: expiryOf(expiry, expiresAt, now),
  })
}

/** When the key expires in ms UTC; null for never. `before` is its current date. */
export function expiryOf(expiry: Expiry, before: number | null, now: number): number | null {
  if (expiry === 'never') return null
  return expiry === 'keep' ? before : now + Number(expiry) * DAY_MS
}

const orNull = (list: string[]) => (list.length === 0 ? null : list)
const numberOrNull = (value: number | '') => (value === '' ? null : value)
