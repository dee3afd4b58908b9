import type { Key, KeyPatch } from '#shared/keys/key.ts'
import { KEY_FIELD_NAMES, KEY_FIELDS, type KeyFieldName } from '#shared/keys/key-fields.ts'
import { asksToGoOnline } from '#shared/keys/online.ts'
import { redactSecrets } from '#shared/keys/secret.ts'
import { parseOrigin } from '#shared/origins/origin.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { checkVisible } from '#shared/text/visible-text.ts'

/**
 * The same choices with names trimmed and origins in their one spelling. Throws a PersonError for an origin that is
 * none (it would lock the key for good), for an endpoint with a `*` that would never match, and for a text with
 * characters that cannot be seen.
 */
export function checkedChoices<T extends KeyPatch>(choices: T): T {
  const checked = { ...choices }
  if (checked.name !== undefined) checked.name = checked.name.trim()
  if (checked.origins) checked.origins = [...new Set(checked.origins.map(checkedOrigin))]
  for (const endpoint of checked.endpoints ?? []) checkEndpoint(endpoint)
  const { name = '', owner, models, endpoints } = checked
  for (const text of [name, owner ?? '', ...(models ?? []), ...(endpoints ?? [])]) checkVisible(text)
  return checked
}

function checkedOrigin(text: string): string {
  const origin = parseOrigin(text)
  if (origin !== undefined) return origin
  // A secret pasted into the wrong field must not come back in an error.
  const shown = redactSecrets(text)
  throw new PersonError(
    'origin_invalid',
    `“${shown}” is not a site. Write it like https://example.org or chrome-extension://abcdefgh, without a path.`,
    { parts: { origin: shown } },
  )
}

function checkEndpoint(endpoint: string): void {
  if (!endpoint.replace(/\/\*$/, '').includes('*')) return
  const shown = redactSecrets(endpoint)
  throw new PersonError(
    'endpoint_invalid',
    `“${shown}” has a * in the wrong place. It may only stand at the end, as in /v1/*.`,
    { parts: { endpoint: shown } },
  )
}

/** The key after a change. What a patch leaves undefined stays as it is; null says “no limit”. */
export function patched(key: Key, patch: KeyPatch): Key {
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
  // Who takes it away has decided too, and is not asked afterwards.
  const answers = patch.online !== undefined && (asksToGoOnline(key) || (key.online && !patch.online))
  return { ...key, ...given, onlineQuestion: answers ? 'answered' : key.onlineQuestion }
}

/**
 * Whether a change takes something away from a key, so that what runs with it may no longer be allowed. Errs on the
 * safe side: an entry taken from a list counts, also where another entry still covers it.
 */
export function isNarrower(before: Key, after: Key): boolean {
  return KEY_FIELD_NAMES.some((name) => takesAway(KEY_FIELDS[name].restricts, before[name], after[name]))
}

type Restricts = (typeof KEY_FIELDS)[KeyFieldName]['restricts']
type Value = Key[KeyFieldName]

function takesAway(restricts: Restricts, before: Value, after: Value): boolean {
  switch (restricts) {
    case null:
      return false
    case 'permission':
      return before === true && after === false
    case 'scopes':
      return !entriesOf(after)?.includes('all') && losesEntry(entriesOf(before), entriesOf(after))
    case 'list':
      return losesEntry(entriesOf(before), entriesOf(after))
  }
}

function entriesOf(value: Value): readonly string[] | null {
  return Array.isArray(value) ? value : null
}

/** null is the list with everything on it. */
function losesEntry(before: readonly string[] | null, after: readonly string[] | null): boolean {
  if (after === null) return false
  return before === null || before.some((entry) => !after.includes(entry))
}
