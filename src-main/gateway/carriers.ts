import type { Refusal } from '#shared/decisions.ts'
import type { RequestHeaders } from './request-headers.ts'

/** A secret that a request carries, and whether it came in the address. */
export interface Carried {
  readonly secret: string
  readonly inUrl: boolean
}

/** What clients send when the person left the key field blank (facts.md): the same as no key. */
const PLACEHOLDERS: ReadonlySet<string> = new Set([
  '',
  'ollama',
  'default-key',
  'temp',
  'lm-studio',
  'sk-no-key-required',
  'none',
])

/**
 * The one secret of a request in the order of design 2.1, or undefined when it carries none. Two carriers with
 * different secrets are a conflict: which of the two would count is a guess that nobody should have to make.
 */
export function findSecret(
  headers: RequestHeaders,
  urlSecrets: readonly (string | undefined)[],
  cookieAllowed: boolean,
): Carried | Refusal | undefined {
  const { authorization } = headers
  const found: string[] = []
  if (authorization !== undefined) {
    add(found, bearer(authorization))
    add(found, basic(authorization))
  }
  add(found, headers['x-api-key'])
  add(found, headers['api-key'])
  add(found, headers['xi-api-key'])
  const inUrl = found.length === 0
  for (const secret of urlSecrets) add(found, secret)
  if (found.length > 1) return { refused: 'credentials_conflict' }
  const [secret] = found
  if (secret !== undefined) return { secret, inUrl }
  const cookie = cookieAllowed ? ambientCookie(headers) : undefined
  return cookie === undefined ? undefined : { secret: cookie, inUrl: false }
}

/** Placeholders are no secrets, and the same secret twice is one. */
function add(found: string[], carried: string | undefined): void {
  if (carried === undefined) return
  const secret = carried.trim()
  if (!PLACEHOLDERS.has(secret.toLowerCase()) && !found.includes(secret)) found.push(secret)
}

function bearer(authorization: string): string | undefined {
  return /^bearer(?:$| +(.*)$)/i.exec(authorization)?.[1]
}

/** The password, or the user name if the password is empty: both are where people paste a key (RFC 7617). */
function basic(authorization: string): string | undefined {
  const encoded = /^basic +(\S+)$/i.exec(authorization)?.[1]
  if (encoded === undefined) return undefined
  const pair = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  if (colon < 0) return pair
  return pair.slice(colon + 1) || pair.slice(0, colon)
}

/** A cookie is ambient, so it counts only where no other site can have caused the request. */
function ambientCookie(headers: RequestHeaders): string | undefined {
  const site = headers['sec-fetch-site']
  if (site !== 'same-origin' && site !== 'none') return undefined
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) return undefined
  const values = (headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith('token='))
  return values.length === 1 ? values[0]?.slice('token='.length) : undefined
}
