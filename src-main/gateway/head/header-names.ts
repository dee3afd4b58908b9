import { carriesSecret } from './stray-secrets.ts'

/** What becomes of a request header by its name. */
export interface HeaderName {
  readonly lower: string
  /** Its place in READ_ONCE; -1 for one that the gateway does not read. */
  readonly place: number
  /** Goes on to the upstream as it is. */
  readonly passes: boolean
}

/**
 * One of each: a second one is read differently by different servers, which is how requests are smuggled. REPEATED says
 * where it is harmless all the same.
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
const PLACES: ReadonlyMap<string, number> = new Map(READ_ONCE.map((name, place) => [name, place]))

/**
 * Headers that clients and the proxies before them write twice. `list`: several lines are one list (RFC 9110 section
 * 5.3), joined by this. `same`: one value that is there twice is one value. All others may be there once.
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
 * Never sent on: hop-by-hop (RFC 9110 section 7.6.1), what tells of the page that asked, and what the gateway sets
 * itself. `:cloud` models copy every header to Ollama's cloud, so nothing private may pass.
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

// Clients spell a few dozen names, always the same way. Strangers may spell others: what is remembered has a bound.
const REMEMBERED = 300
const LONGEST_REMEMBERED = 60
const known = new Map<string, HeaderName>()

/** Judges a name as it was written. */
export function headerName(written: string): HeaderName {
  return known.get(written) ?? judge(written)
}

function judge(written: string): HeaderName {
  const lower = written.toLowerCase()
  const place = PLACES.get(lower) ?? -1
  const dropped = DROPPED.has(lower) || DROPPED_PREFIXES.some((prefix) => lower.startsWith(prefix))
  const name = { lower, place, passes: place < 0 && !dropped && !carriesSecret(lower) }
  if (known.size < REMEMBERED && written.length <= LONGEST_REMEMBERED) known.set(written, name)
  return name
}
