import { connectionTokens } from './request-headers.ts'

/** Headers as undici gives them: lower-case names; a list where a line came more than once. */
export type UpstreamHeaders = Readonly<Record<string, string | string[] | undefined>>

/**
 * `*` and not the caller's origin: keys are not ambient, so it is safe, and an extension that rewrites Origin for
 * every page makes a reflected one fail (facts.md, measured). Never Allow-Credentials.
 */
export const CORS_LINES: readonly string[] = [
  'Access-Control-Allow-Origin',
  '*',
  'Access-Control-Expose-Headers',
  'X-Request-Id, Retry-After, WWW-Authenticate',
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
  'date',
  'x-request-id',
])

/**
 * The header lines for the client as a flat list, from the upstream's. `keepLength` is false where the body the
 * client gets differs from the upstream's.
 */
export function clientHeaders(upstream: UpstreamHeaders, requestId: string, keepLength: boolean): string[] {
  const lines = [...CORS_LINES, 'X-Request-Id', requestId]
  const named = connectionTokens(single(upstream.connection))
  for (const name in upstream) {
    if (DROPPED.has(name) || name.startsWith('access-control-') || named?.includes(name)) continue
    if (name === 'content-length' && !keepLength) continue
    const value = upstream[name]
    if (typeof value === 'string') lines.push(name, value)
    else for (const one of value ?? []) lines.push(name, one)
  }
  return lines
}

/** A header's one value; of several, all of them joined as RFC 9110 section 5.3 allows. */
export function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value
}
