import { connectionTokens } from './request-headers.ts'

/**
 * `*` instead of the caller's origin. This is safe because keys are not ambient, and a reflected origin fails under an
 * extension that rewrites Origin for every page (facts.md, measured). Never Allow-Credentials.
 */
export const CORS_LINES: readonly string[] = [
  'Access-Control-Allow-Origin',
  '*',
  'Access-Control-Expose-Headers',
  // All headers that clients read from a refusal, because SDKs also run in pages.
  'X-Request-Id, Latchkey-Refusal, X-Should-Retry, Retry-After, Retry-After-Ms, WWW-Authenticate',
]

const DROPPED: ReadonlySet<string> = new Set([
  // Hop-by-hop, RFC 9110 section 7.6.1.
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  // These would apply to the gateway's origin, not to the upstream's.
  'set-cookie',
  'strict-transport-security',
  'alt-svc',
  'clear-site-data',
  // It asks for Latchkey's key for the upstream, not for the client's key.
  'www-authenticate',
  'date',
  'x-request-id',
])

/** How the client's body differs from the upstream's: not at all, with parts removed, or also decompressed. */
export type BodyChange = 'none' | 'filtered' | 'decoded'

/** Headers that apply only to the compressed form of a body. */
const OF_CODING: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-md5',
  'content-digest',
  'digest',
  'repr-digest',
  'etag',
])

/** The header lines for the client as a flat list, from the upstream's (lower-case name, value, name ...). */
export function clientHeaders(upstream: readonly string[], requestId: string, change: BodyChange): string[] {
  const lines = [...CORS_LINES, 'X-Request-Id', requestId]
  const named = connectionTokens(valueOf(upstream, 'connection'))
  for (let at = 0; at < upstream.length; at += 2) {
    const name = upstream[at] as string
    if (DROPPED.has(name) || name.startsWith('access-control-') || named?.includes(name)) continue
    if (name === 'content-length' && change !== 'none') continue
    if (change === 'decoded' && OF_CODING.has(name)) continue
    lines.push(name, upstream[at + 1] as string)
  }
  return lines
}

/** A header's value. Several lines are joined (RFC 9110 section 5.3). */
export function valueOf(lines: readonly string[], name: string): string | undefined {
  let value: string | undefined
  for (let at = 0; at < lines.length; at += 2) {
    if (lines[at] === name) value = value === undefined ? lines[at + 1] : `${value}, ${lines[at + 1]}`
  }
  return value
}
