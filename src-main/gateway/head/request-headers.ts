import type { Refusal } from '#shared/gateway/decisions.ts'
import { headerName, READ_ONCE, REPEATED, type ReadName } from './header-names.ts'
import { carriesSecret } from './stray-secrets.ts'

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
      const before = headers.values[place]
      const whole = before === undefined ? value : joined(READ_ONCE[place] as ReadName, before, value)
      if (whole === undefined) return { refused: 'header_repeated', detail: lower }
      headers.values[place] = whole
    } else if (passes) {
      headers.forwardable.push(lower, value)
    }
  }
  return headers as PlacedHeaders & RequestHeaders
}

/** What two lines of one name say together; undefined where that cannot be told. */
function joined(name: ReadName, before: string, value: string): string | undefined {
  const rule = REPEATED[name]
  if (rule === undefined) return undefined
  if (rule !== 'same') return before + rule.list + value
  return before === value ? before : undefined
}

/** The header lines for the upstream, as a flat list: name, value, name, value ... */
export function upstreamHeaders(headers: RequestHeaders, ours: { host: string; credential: string | null }): string[] {
  const lines = ['host', ours.host, 'connection', 'keep-alive', 'accept-encoding', 'identity']
  if (ours.credential !== null) lines.push('authorization', ours.credential)
  passOn(lines, 'content-type', headers['content-type'])
  passOn(lines, 'user-agent', headers['user-agent'])
  const named = connectionTokens(headers.connection)
  const rest = headers.forwardable
  for (let index = 0; index < rest.length; index += 2) {
    const name = rest[index] as string
    if (named === undefined || !named.includes(name)) passOn(lines, name, rest[index + 1])
  }
  return lines
}

/** A line that holds a key of ours is left out: what its client meant by it is between the two of us. */
export function passOn(lines: string[], name: string, value: string | undefined): void {
  if (value !== undefined && !carriesSecret(value)) lines.push(name, value)
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
