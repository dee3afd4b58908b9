import type { Refusal } from '#shared/gateway/decisions.ts'
import { SECRET_PREFIX } from '#shared/keys/secret.ts'
import { asPasted } from './pasted-secret.ts'
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
const LONGEST_PLACEHOLDER = 'sk-no-key-required'.length

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
  if (authorization !== undefined) add(found, secretOf(authorization))
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

/** Placeholders are no secrets, and the same secret twice is one, however it was pasted. */
function add(found: string[], carried: string | undefined): void {
  if (carried === undefined) return
  const secret = asPasted(carried)
  const isPlaceholder = secret.length <= LONGEST_PLACEHOLDER && PLACEHOLDERS.has(secret.toLowerCase())
  if (!isPlaceholder && !found.includes(secret)) found.push(secret)
}

/**
 * RFC 9110 section 11.4: a scheme in any case, then blanks, then the credentials. A key without a scheme is a key, and so
 * is one behind a scheme that other services have.
 */
function secretOf(authorization: string): string | undefined {
  if (authorization.startsWith('Bearer ')) return authorization.slice(BEARER_LENGTH)
  const [, scheme = '', rest = ''] = SCHEME.exec(authorization) ?? []
  const name = scheme.toLowerCase()
  if (name === 'basic') return basic(rest)
  if (KEY_SCHEMES.has(name)) return rest
  const alone = asPasted(authorization)
  return alone.startsWith(SECRET_PREFIX) ? alone : undefined
}
const BEARER_LENGTH = 'Bearer '.length
const SCHEME = /^\s*["']?([A-Za-z][A-Za-z-]*)(?::|\s|$)\s*(.*)$/s
const KEY_SCHEMES: ReadonlySet<string> = new Set(['bearer', 'token', 'apikey', 'api-key', 'key'])

/** The password, or the user name if the password is empty: both are where people paste a key (RFC 7617). */
function basic(encoded: string): string | undefined {
  const raw = asPasted(encoded)
  if (raw.startsWith(SECRET_PREFIX)) return raw
  if (encoded === '' || /\s/.test(encoded.trim())) return undefined
  const pair = Buffer.from(encoded, 'base64').toString('latin1')
  const colon = pair.indexOf(':')
  if (colon < 0) return pair
  return pair.slice(colon + 1) || pair.slice(0, colon)
}

/**
 * A cookie is ambient, so it counts only where no other site can have caused the request. That keeps out pages, and
 * nothing else: browsers give the cookie, which is the key, to every port of this host, and what an extension with host
 * permission sends has no header that tells it from the page's own. So it is off until a person switches it on.
 */
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
