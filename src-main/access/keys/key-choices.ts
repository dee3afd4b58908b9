import type { Key, KeyPatch } from '#shared/keys/key.ts'
import { asksToGoOnline } from '#shared/keys/online.ts'
import type { Scope } from '#shared/keys/scopes.ts'
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
  return (
    lostScope(before.scopes, after.scopes) ||
    lostEntry(before.endpoints, after.endpoints) ||
    lostEntry(before.models, after.models) ||
    lostEntry(before.origins, after.origins) ||
    (before.allowInUrl && !after.allowInUrl) ||
    (before.online && !after.online)
  )
}

function lostScope(before: readonly Scope[], after: readonly Scope[]): boolean {
  return !after.includes('all') && before.some((scope) => !after.includes(scope))
}

/** null is the list with everything on it. */
function lostEntry(before: readonly string[] | null, after: readonly string[] | null): boolean {
  if (after === null) return false
  return before === null || before.some((entry) => !after.includes(entry))
}
