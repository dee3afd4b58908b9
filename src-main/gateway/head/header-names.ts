import { carriesSecret } from './stray-secrets.ts'

/** How the gateway treats a request header, by its name. */
export interface HeaderName {
  readonly lower: string
  /** Its index in READ_ONCE; -1 if the gateway does not read it. */
  readonly index: number
  /** True if it is forwarded unchanged. */
  readonly passes: boolean
}

/**
 * Headers that may occur only once: servers read a second one differently, which allows request smuggling. REPEATED
 * lists harmless exceptions.
 */
export const READ_ONCE = [
  'host',
  'authorization',
  'x-api-key',
  'api-key',
  'xi-api-key',
  'cookie',
  'origin',
  'connection',
  'upgrade',
  'expect',
  'content-length',
  'content-type',
  'content-encoding',
  'transfer-encoding',
  'user-agent',
  'sec-fetch-site',
  'access-control-request-method',
  'access-control-request-headers',
  'access-control-request-private-network',
] as const
export type ReadName = (typeof READ_ONCE)[number]
const INDEXES: ReadonlyMap<string, number> = new Map(READ_ONCE.map((name, index) => [name, index]))

/**
 * Headers that clients and proxies repeat. `list`: several lines form one list (RFC 9110 section 5.3), joined by this.
 * `same`: equal lines count as one. All others may occur once.
 */
export const REPEATED: Readonly<Partial<Record<ReadName, { readonly list: string } | 'same'>>> = {
  connection: { list: ', ' },
  upgrade: { list: ', ' },
  cookie: { list: '; ' },
  'access-control-request-headers': { list: ', ' },
  authorization: 'same',
  origin: 'same',
  expect: 'same',
  'content-type': 'same',
  'user-agent': 'same',
  'sec-fetch-site': 'same',
  'access-control-request-method': 'same',
  'access-control-request-private-network': 'same',
}

/**
 * Never forwarded: hop-by-hop headers (RFC 9110 section 7.6.1), headers about the page that sent the request, and
 * headers that the gateway sets itself. Ollama copies every header to its cloud for `:cloud` models, so nothing private
 * may pass.
 */
const DROPPED: ReadonlySet<string> = new Set([
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'referer',
  'forwarded',
  'via',
  'x-real-ip',
  'accept-encoding',
  'http2-settings',
])
const DROPPED_PREFIXES = ['sec-fetch-', 'x-forwarded-', 'access-control-request-', 'sec-ch-', 'proxy-']

// Clients use a few dozen names in constant spelling. Attackers can use others, so the cache is bounded.
const REMEMBERED = 300
const LONGEST_REMEMBERED = 60
const known = new Map<string, HeaderName>()

/** Looks up a name as it was written. */
export function headerName(written: string): HeaderName {
  return known.get(written) ?? judge(written)
}

function judge(written: string): HeaderName {
  const lower = written.toLowerCase()
  const index = INDEXES.get(lower) ?? -1
  const dropped = DROPPED.has(lower) || DROPPED_PREFIXES.some((prefix) => lower.startsWith(prefix))
  const name = { lower, index, passes: index < 0 && !dropped && !carriesSecret(lower) }
  if (known.size < REMEMBERED && written.length <= LONGEST_REMEMBERED) known.set(written, name)
  return name
}
