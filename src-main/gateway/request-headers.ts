import type { Refusal } from '#shared/decisions.ts'
import { headerName, READ_ONCE, type ReadName } from './header-names.ts'

/** What the gateway reads of a request's headers, gathered in one pass over the raw lines. */
export type RequestHeaders = { [Name in ReadName]: string | undefined } & {
  /** Every other header that may go on to the upstream: name, value, name, value ... */
  readonly forwardable: string[]
}

/** By place rather than by name: writing names that vary costs V8 a look-up each, for every header of every request. */
class PlacedHeaders {
  readonly values: (string | undefined)[] = []
  readonly forwardable: string[] = []
}
for (const [place, name] of READ_ONCE.entries()) {
  Object.defineProperty(PlacedHeaders.prototype, name, {
    get(this: PlacedHeaders) {
      return this.values[place]
    },
    set(this: PlacedHeaders, value: string | undefined) {
      this.values[place] = value
    },
  })
}

// Node's own limit would silently drop the lines beyond it; a judged request must be the whole request.
const MAX_LINES = 256

/**
 * Reads the raw header lines (`IncomingMessage.rawHeaders`: name, value, name, value ...). Node's `headers` hides
 * doubled lines, so the raw ones decide.
 */
export function readHeaders(raw: readonly string[]): RequestHeaders | Refusal {
  if (raw.length > MAX_LINES * 2) return { refused: 'too_many_headers' }
  const headers = new PlacedHeaders()
  for (let index = 0; index < raw.length; index += 2) {
    const { lower, place, passes } = headerName(raw[index] as string)
    const value = raw[index + 1] as string
    if (place >= 0) {
      if (headers.values[place] !== undefined) return { refused: 'bad_request' }
      headers.values[place] = value
    } else if (passes) {
      headers.forwardable.push(lower, value)
    }
  }
  return headers as PlacedHeaders & RequestHeaders
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

/** No header at all. */
export function emptyHeaders(): RequestHeaders {
  return new PlacedHeaders() as PlacedHeaders & RequestHeaders
}
