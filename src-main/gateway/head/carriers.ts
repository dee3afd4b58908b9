import type { Refusal } from '#shared/gateway/decisions.ts'
import { SECRET_PREFIX } from '#shared/keys/secret.ts'
import { asPasted } from './pasted-secret.ts'
import type { RequestHeaders } from './request-headers.ts'

/** A secret of a request, and whether it was in the URL. */
export interface Carried {
  readonly secret: string
  readonly inUrl: boolean
}

/** Values that clients send if the key field is empty (facts.md). They count as no key. */
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

/** The parts of a request that can carry a secret. */
export interface CarrierSource {
  readonly headers: RequestHeaders
  readonly pathSecret: string | undefined
  readonly labelSecret: string | undefined
}

interface Carrier {
  /** The name in docs/http.md. */
  readonly name: string
  readonly kind: 'header' | 'url' | 'ambient'
  readonly read: (from: CarrierSource) => string | undefined
}

/** Every carrier of a secret, in the order of design 2.1. */
export const CARRIERS: readonly Carrier[] = [
  {
    name: 'Authorization',
    kind: 'header',
    read: ({ headers: { authorization } }) => (authorization === undefined ? undefined : secretOf(authorization)),
  },
  { name: 'x-api-key', kind: 'header', read: ({ headers }) => headers['x-api-key'] },
  { name: 'api-key', kind: 'header', read: ({ headers }) => headers['api-key'] },
  { name: 'xi-api-key', kind: 'header', read: ({ headers }) => headers['xi-api-key'] },
  { name: '/k/', kind: 'url', read: ({ pathSecret }) => pathSecret },
  { name: '.localhost', kind: 'url', read: ({ labelSecret }) => labelSecret },
  { name: 'token', kind: 'ambient', read: ({ headers }) => ambientCookie(headers) },
]

/**
 * The secret of a request; undefined if it has none. Different secrets in two carriers are a conflict, because choosing
 * one would be a guess. An ambient carrier counts only if it is allowed and no other carrier has a secret.
 */
export function findSecret(from: CarrierSource, ambientAllowed: boolean): Carried | Refusal | undefined {
  const found: string[] = []
  let inUrl = false
  for (const { kind, read } of CARRIERS) {
    if (kind === 'ambient' && (!ambientAllowed || found.length > 0)) continue
    const carried = read(from)
    if (carried === undefined) continue
    const secret = asPasted(carried)
    if (isPlaceholder(secret) || found.includes(secret)) continue
    inUrl = kind === 'url' && found.length === 0
    found.push(secret)
  }
  if (found.length > 1) return { refused: 'credentials_conflict' }
  const [secret] = found
  return secret === undefined ? undefined : { secret, inUrl }
}

function isPlaceholder(secret: string): boolean {
  return secret.length <= LONGEST_PLACEHOLDER && PLACEHOLDERS.has(secret.toLowerCase())
}

/**
 * Reads a key from an Authorization header (RFC 9110 section 11.4: a scheme in any case, white space, credentials).
 * Also accepts a key without a scheme, and one after a scheme of another service.
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

/** The password, or the user name if the password is empty. People paste a key into either (RFC 7617). */
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
 * Reads the key from the `token` cookie. A cookie is ambient, so it counts only if no other site can have caused the
 * request. That excludes pages but nothing else: browsers send the cookie, which is the key, to every port of this
 * host, and requests of an extension with host permission look like the page's own. So it is off until a person
 * switches it on.
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
