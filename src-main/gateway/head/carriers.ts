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

/** Where a secret may stand in a request. */
export interface CarrierSource {
  readonly headers: RequestHeaders
  readonly pathSecret: string | undefined
  readonly labelSecret: string | undefined
}

interface Carrier {
  /** As docs/http.md calls it. */
  readonly name: string
  readonly kind: 'header' | 'url' | 'ambient'
  readonly read: (from: CarrierSource) => string | undefined
}

/** Every place where a secret counts, in the order of design 2.1. */
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
 * The one secret of a request, or undefined when it carries none. Two carriers with different secrets are a conflict:
 * which of the two would count is a guess that nobody should have to make. An ambient carrier counts only where it is
 * allowed and no other carries anything.
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
