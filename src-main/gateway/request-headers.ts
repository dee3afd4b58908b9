import type { Refusal } from '#shared/decisions.ts'

/** What the gateway reads of a request's headers, gathered in one pass over the raw lines. */
export interface RequestHeaders {
  host: string | undefined
  authorization: string | undefined
  'x-api-key': string | undefined
  'api-key': string | undefined
  'xi-api-key': string | undefined
  cookie: string | undefined
  origin: string | undefined
  connection: string | undefined
  upgrade: string | undefined
  expect: string | undefined
  'content-length': string | undefined
  'content-type': string | undefined
  'content-encoding': string | undefined
  'transfer-encoding': string | undefined
  'user-agent': string | undefined
  'sec-fetch-site': string | undefined
  'access-control-request-method': string | undefined
  'access-control-request-headers': string | undefined
  'access-control-request-private-network': string | undefined
  /** Every other header that may go on to the upstream: name, value, name, value ... */
  readonly forwardable: string[]
}

/** One of each at most: a second one is read differently by different servers, which is how requests are smuggled. */
const READ_ONCE: ReadonlySet<string> = new Set<keyof RequestHeaders>([
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
])

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

// Node's own limit would silently drop the lines beyond it; a judged request must be the whole request.
const MAX_LINES = 256

/**
 * Reads the raw header lines (`IncomingMessage.rawHeaders`: name, value, name, value ...). Node's `headers` hides
 * doubled lines, so the raw ones decide.
 */
export function readHeaders(raw: readonly string[]): RequestHeaders | Refusal {
  if (raw.length > MAX_LINES * 2) return { refused: 'too_many_headers' }
  const headers = emptyHeaders()
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase()
    const value = raw[index + 1] as string
    if (READ_ONCE.has(name)) {
      const field = name as Exclude<keyof RequestHeaders, 'forwardable'>
      if (headers[field] !== undefined) return { refused: 'bad_request' }
      headers[field] = value
    } else if (mayPass(name)) {
      headers.forwardable.push(name, value)
    }
  }
  return headers
}

/** The header lines for the upstream, as a flat list: name, value, name, value ... */
export function upstreamHeaders(headers: RequestHeaders, ours: { host: string; credential: string | null }): string[] {
  const lines = ['host', ours.host, 'connection', 'keep-alive', 'accept-encoding', 'identity']
  if (ours.credential !== null) lines.push('authorization', ours.credential)
  if (headers['content-type'] !== undefined) lines.push('content-type', headers['content-type'])
  if (headers['user-agent'] !== undefined) lines.push('user-agent', headers['user-agent'])
  const named = connectionTokens(headers.connection)
  const rest = headers.forwardable
  for (let index = 0; index < rest.length; index += 2) {
    const name = rest[index] as string
    if (named === undefined || !named.includes(name)) lines.push(name, rest[index + 1] as string)
  }
  return lines
}

/** The names a Connection header lists, or undefined where it lists none worth a look. */
export function connectionTokens(connection: string | undefined): string[] | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined
  return connection
    .toLowerCase()
    .split(',')
    .map((token) => token.trim())
}

function mayPass(name: string): boolean {
  if (DROPPED.has(name)) return false
  return !DROPPED_PREFIXES.some((prefix) => name.startsWith(prefix))
}

/** No header at all. */
export function emptyHeaders(): RequestHeaders {
  return {
    host: undefined,
    authorization: undefined,
    'x-api-key': undefined,
    'api-key': undefined,
    'xi-api-key': undefined,
    cookie: undefined,
    origin: undefined,
    connection: undefined,
    upgrade: undefined,
    expect: undefined,
    'content-length': undefined,
    'content-type': undefined,
    'content-encoding': undefined,
    'transfer-encoding': undefined,
    'user-agent': undefined,
    'sec-fetch-site': undefined,
    'access-control-request-method': undefined,
    'access-control-request-headers': undefined,
    'access-control-request-private-network': undefined,
    forwardable: [],
  }
}
