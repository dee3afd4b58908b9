import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { PATIENCE_MS } from './patience.ts'

export interface RawResponse {
  readonly status: number
  readonly reason: string
  /** Names in lower case; repeated ones joined by `, `. */
  readonly headers: ReadonlyMap<string, string>
  /** The body without chunked coding; one character per byte. */
  readonly body: string
}

/** A connection that sends exactly the bytes it is given: for requests that no HTTP client would make. */
export interface RawConnection {
  readonly socket: Socket
  /** Sends text with one byte per character. */
  send(text: string): void
  /** The next whole response. Rejects if the connection ends before it is complete. `method` matters for HEAD. */
  readResponse(method?: string): Promise<RawResponse>
  /** Everything until the peer closes; rejects if it has not closed after `deadlineMs`. */
  readToEnd(deadlineMs?: number): Promise<string>
  close(): void
}

export async function openRaw(port: number, host = '127.0.0.1'): Promise<RawConnection> {
  const socket = connect({ port, host, noDelay: true })
  const incoming = collect(socket)
  await once(socket, 'connect')
  return {
    socket,
    send: (text) => void socket.write(Buffer.from(text, 'latin1')),
    readResponse: (method = 'GET') => incoming.take((text, ended) => parseResponse(text, ended, method), PATIENCE_MS),
    readToEnd: (deadlineMs = PATIENCE_MS) =>
      incoming.take((text, ended) => (ended ? { value: text, rest: '' } : undefined), deadlineMs),
    close: () => void socket.destroy(),
  }
}

/** Sends the bytes on a new connection and returns everything received until the peer closed it. */
export async function exchangeRaw(
  port: number,
  text: string,
  deadlineMs = PATIENCE_MS,
  host = '127.0.0.1',
): Promise<string> {
  const connection = await openRaw(port, host)
  try {
    connection.send(text)
    return await connection.readToEnd(deadlineMs)
  } finally {
    connection.close()
  }
}

interface Taken<T> {
  readonly value: T
  readonly rest: string
}

function collect(socket: Socket) {
  let text = ''
  let ended = false
  let wake: () => void = () => undefined
  socket.on('data', (piece: Buffer) => {
    text += piece.toString('latin1')
    wake()
  })
  // A reset is a normal end here: the caller judges what was received before.
  socket.on('error', () => undefined)
  socket.on('close', () => {
    ended = true
    wake()
  })
  socket.on('end', () => {
    ended = true
    wake()
  })

  async function take<T>(
    parse: (text: string, ended: boolean) => Taken<T> | undefined,
    deadlineMs: number,
  ): Promise<T> {
    const deadline = AbortSignal.timeout(deadlineMs)
    for (;;) {
      const taken = parse(text, ended)
      if (taken !== undefined) {
        text = taken.rest
        return taken.value
      }
      if (ended) throw new Error(`the connection ended after: ${JSON.stringify(text.slice(0, 500))}`)
      if (deadline.aborted)
        throw new Error(`nothing whole within ${deadlineMs} ms: ${JSON.stringify(text.slice(0, 500))}`)
      await new Promise<void>((resolve) => {
        wake = resolve
        deadline.addEventListener('abort', () => resolve(), { once: true })
      })
    }
  }
  return { take }
}

function parseResponse(text: string, ended: boolean, method: string): Taken<RawResponse> | undefined {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const [statusLine = '', ...lines] = text.slice(0, headEnd).split('\r\n')
  const match = /^HTTP\/1\.[01] (\d{3}) ?(.*)$/.exec(statusLine)
  if (match === null) throw new Error(`not a status line: ${JSON.stringify(statusLine)}`)
  const status = Number(match[1])
  const headers = parseHeaders(lines)
  const body = parseBody(text.slice(headEnd + 4), { status, headers, ended, method })
  if (body === undefined) return undefined
  return { value: { status, reason: match[2] ?? '', headers, body: body.value }, rest: body.rest }
}

function parseHeaders(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return headers
}

// RFC 9112 section 6.3, in its order.
function parseBody(
  text: string,
  head: { status: number; headers: ReadonlyMap<string, string>; ended: boolean; method: string },
): Taken<string> | undefined {
  if (head.method === 'HEAD' || head.status < 200 || head.status === 204 || head.status === 304) {
    return { value: '', rest: text }
  }
  if (head.headers.get('transfer-encoding') === 'chunked') return parseChunks(text)
  const length = head.headers.get('content-length')
  if (length === undefined) return head.ended ? { value: text, rest: '' } : undefined
  const bytes = Number(length)
  return text.length < bytes ? undefined : { value: text.slice(0, bytes), rest: text.slice(bytes) }
}

function parseChunks(text: string): Taken<string> | undefined {
  let value = ''
  let at = 0
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(text.slice(at, lineEnd), 16)
    const start = lineEnd + 2
    if (text.length < start + size + 2) return undefined
    value += text.slice(start, start + size)
    at = start + size + 2
    if (size === 0) return { value, rest: text.slice(at) }
  }
}
