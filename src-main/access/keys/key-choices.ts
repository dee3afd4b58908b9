import type { Key, KeyPatch } from '#shared/keys/key.ts'
import { KEY_FIELD_NAMES, KEY_FIELDS } from '#shared/keys/key-fields.ts'
import { asksToGoOnline } from '#shared/keys/online.ts'
import { takesAway } from '#shared/keys/restricts.ts'
import { redactSecrets } from '#shared/keys/secret.ts'
import { checkedOrigins } from '#shared/origins/checked-origin.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { checkVisible } from '#shared/text/visible-text.ts'

/**
 * Trims names and puts origins into canonical form. Throws a PersonError for an invalid origin (which would lock the
 * key permanently), for an endpoint with a `*` that can never match, and for a text with invisible characters.
 */
export function checkedChoices<T extends KeyPatch>(choices: T): T {
  const checked = { ...choices }
  if (checked.name !== undefined) checked.name = checked.name.trim()
  if (checked.origins) checked.origins = checkedOrigins(checked.origins)
  for (const endpoint of checked.endpoints ?? []) checkEndpoint(endpoint)
  const { name = '', models, endpoints } = checked
  for (const text of [name, ...(models ?? []), ...(endpoints ?? [])]) checkVisible(text)
  return checked
}

function checkEndpoint(endpoint: string): void {
  if (!endpoint.replace(/\/\*$/, '').includes('*')) return
  const shown = redactSecrets(endpoint)
  throw new PersonError(
    'endpoint_invalid',
    `“${shown}” has a * in the wrong place. It is allowed only at the end, as in /v1/*.`,
    { parts: { endpoint: shown } },
  )
}

/** The key with a patch applied. undefined leaves a field unchanged; null means “no limit”. */
export function patched(key: Key, patch: KeyPatch): Key {
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
  const binding = bound(key, patch)
  // Switching `online` off also answers the question, so the person is not asked again.
  const answers = patch.online !== undefined && (asksToGoOnline(key) || (key.online && !patch.online))
  return { ...key, ...given, ...binding, onlineQuestion: answers ? 'answered' : key.onlineQuestion }
}

/**
 * A new app resets the question about other apps. Setting the same app again answers that question: only this app may use
 * the key.
 */
function bound({ app, otherApp, onlyItsApp }: Key, patch: KeyPatch): Pick<Key, 'otherApp' | 'onlyItsApp'> {
  if (patch.app !== undefined && patch.app !== app) return { otherApp: null, onlyItsApp: false }
  return { otherApp, onlyItsApp: onlyItsApp || (patch.app !== undefined && otherApp !== null) }
}

/** True if a change takes something away from a key, so that its running requests may no longer be allowed. */
export function isNarrower(before: Key, after: Key): boolean {
  return KEY_FIELD_NAMES.some((name) => takesAway(KEY_FIELDS[name].restricts, before[name], after[name]))
}
