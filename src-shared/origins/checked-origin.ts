import { redactSecrets } from '../keys/secret.ts'
import { PersonError } from '../text/person-error.ts'
import { parseOrigin } from './origin.ts'

/**
 * Origins in canonical form, without duplicates. Throws a PersonError for an invalid one, which would lock out its key
 * or person permanently.
 */
export function checkedOrigins(origins: readonly string[]): string[] {
  return [...new Set(origins.map(checkedOrigin))]
}

function checkedOrigin(text: string): string {
  const origin = parseOrigin(text)
  if (origin !== undefined) return origin
  // If a person pastes a secret into the wrong field, the error must not show it.
  const shown = redactSecrets(text)
  throw new PersonError(
    'origin_invalid',
    `“${shown}” is not a site. Write it like https://example.org or chrome-extension://abcdefgh, without a path.`,
    { parts: { origin: shown } },
  )
}
