import type { Refusal } from '#shared/gateway/decisions.ts'
import { headerName, READ_ONCE, REPEATED, type ReadName } from './header-names.ts'
import { carriesSecret } from './stray-secrets.ts'

/** The request headers that the gateway uses, collected in one pass over the raw lines. */
export type RequestHeaders = { [Name in ReadName]: string | undefined } & {
  /** All other headers to forward: name, value, name, value ... */
  readonly forwardable: string[]
}

/** By index instead of by name: assigning to varying names costs V8 a look-up for every header. */
class IndexedHeaders {
  readonly values: (string | undefined)[] = []
  readonly forwardable: string[] = []
}
for (const [index, name] of READ_ONCE.entries()) {
  Object.defineProperty(IndexedHeaders.prototype, name, {
    get(this: IndexedHeaders) {
      return this.values[index]
    },
    set(this: IndexedHeaders, value: string | undefined) {
      this.values[index] = value
    },
  })
}

// Node's own limit silently drops further lines, but the rules must see the whole request.
const MAX_LINES = 256

/**
 * Reads the raw header lines (`IncomingMessage.rawHeaders`: name, value, name, value ...). Node's `headers` hides
 * repeated lines.
 */
export function readHeaders(raw: readonly string[]): RequestHeaders | Refusal {
  if (raw.length > MAX_LINES * 2) return { refused: 'too_many_headers' }
  const headers = new IndexedHeaders()
  for (let line = 0; line < raw.length; line += 2) {
    const { lower, index, passes } = headerName(raw[line] as string)
    const value = raw[line + 1] as string
    if (index >= 0) {
      const before = headers.values[index]
      const whole = before === undefined ? value : joined(READ_ONCE[index] as ReadName, before, value)
      if (whole === undefined) return { refused: 'header_repeated', detail: lower }
      headers.values[index] = whole
    } else if (passes) {
      headers.forwardable.push(lower, value)
    }
  }
  return headers as IndexedHeaders & RequestHeaders
}

/** The combined value of two lines with the same name; undefined if they conflict. */
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

/** Appends a line unless it contains a Latchkey key, which concerns only the client and Latchkey. */
export function passOn(lines: string[], name: string, value: string | undefined): void {
  if (value !== undefined && !carriesSecret(value)) lines.push(name, value)
}

/** The names in a Connection header; undefined if none is relevant. */
export function connectionTokens(connection: string | undefined): string[] | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined
  return connection
    .toLowerCase()
    .split(',')
    .map((token) => token.trim())
}

/** The headers of a request without any. */
export function emptyHeaders(): RequestHeaders {
  return new IndexedHeaders() as IndexedHeaders & RequestHeaders
}
