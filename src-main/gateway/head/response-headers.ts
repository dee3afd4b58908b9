import { connectionTokens } from './request-headers.ts'

/**
 * `*` and not the caller's origin: keys are not ambient, so it is safe, and an extension that rewrites Origin for
 * every page makes a reflected one fail (facts.md, measured). Never Allow-Credentials.
 */
export const CORS_LINES: readonly string[] = [
  'Access-Control-Allow-Origin',
  '*',
  'Access-Control-Expose-Headers',
  // Whatever a client reads of a refusal: SDKs run in pages too.
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
  // The upstream speaks for itself, not for the gateway's origin.
  'set-cookie',
  'strict-transport-security',
  'alt-svc',
  'clear-site-data',
  // Of a key that Latchkey has for the upstream; the client is asked for another.
  'www-authenticate',
  'date',
  'x-request-id',
])

/** What the client gets of the body: as it is, with something taken out, or unpacked besides. */
export type BodyChange = 'none' | 'filtered' | 'decoded'

/** What is true of a body in its compressed form only. */
const OF_CODING: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-md5',
  'content-digest',
  'digest',
  'repr-digest',
  'etag',
])

/** The header lines for the client as a flat list, from the upstream's (name in lower case, value, name ...). */
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

/** A header's value; of several lines, all of them joined as RFC 9110 section 5.3 allows. */
export function valueOf(lines: readonly string[], name: string): string | undefined {
  let value: string | undefined
  for (let at = 0; at < lines.length; at += 2) {
    if (lines[at] === name) value = value === undefined ? lines[at + 1] : `${value}, ${lines[at + 1]}`
  }
  return value
}
