import { STATUS_CODES } from 'node:http'
import { errorBody } from '#shared/gateway/dialects.ts'
import { type RefusalCode, sentenceOf, statusOf } from '#shared/gateway/refusals.ts'
import type { Recorder } from '../ports.ts'
import { newRequestId } from '../request-id.ts'
import { retryHeaders } from '../retry-headers.ts'
import type { ClientConnection } from './client-connection.ts'
import { corsOfUnread, dialectOfUnread, type Guards, type Unread } from './unread-head.ts'

interface Unreadable extends Guards {
  readonly connection: ClientConnection
  readonly now: () => number
  readonly recorder: Recorder
}

/** Answers what Node's parser would not read in one sentence, records it, and closes the connection. */
export function answerUnreadable(options: Unreadable & { error: Unread }): void {
  const { error, connection } = options
  const { socket } = connection
  if (!socket.writable) return void socket.destroy()
  // Pipelined: the good requests before it keep their whole answers.
  connection.whenQuiet(() => closeWith(options, refusalOf(error), error))
}

/** A head that does not come to its end. A browser may open a connection it never uses: that is no refusal. */
export function answerSlowHead(options: Unreadable): void {
  const { socket, taken } = options.connection
  if (taken > 0 || socket.bytesRead === 0) socket.destroy()
  else closeWith(options, 'request_timeout')
}

/** CONNECT asks for a tunnel, which would go around every rule. */
export function answerConnect(options: Unreadable): void {
  const { socket } = options.connection
  // Node gives the socket away with it: nobody else looks after errors, and a client that leaves is noticed by reading.
  socket.on('error', () => undefined)
  socket.on('end', () => socket.destroy()).resume()
  options.connection.whenQuiet(() => closeWith(options, 'not_implemented'))
}

function closeWith(options: Unreadable, code: RefusalCode, error?: Unread): void {
  const { connection, now, recorder } = options
  if (connection.isCondemned) return
  connection.condemn()
  const { socket } = connection
  const address = socket.remoteAddress ?? ''
  const id = newRequestId()
  const status = statusOf(code)
  const body = JSON.stringify(errorBody(dialectOfUnread(error), status, code, sentenceOf(code)))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    ...inPairs(corsOfUnread(error, options)),
    `Latchkey-Refusal: ${code}`,
    ...inPairs(retryHeaders({ refused: code }, status)),
    `X-Request-Id: ${id}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  if (socket.writable) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
  else socket.destroy()
  recorder.record(unreadableRecord(id, now(), code, status), address)
}

function inPairs(lines: readonly string[]): string[] {
  return lines.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${lines[at + 1]}`] : []))
}

function unreadableRecord(
  id: string,
  time: number,
  code: RefusalCode,
  status: number,
): Parameters<Recorder['record']>[0] {
  return {
    id,
    time,
    keyId: null,
    origin: null,
    userAgent: null,
    method: '',
    route: 'unknown',
    routeClass: 'unknown',
    model: null,
    status,
    outcome: 'refused',
    reason: code,
    promptTokens: null,
    completionTokens: null,
    metered: true,
    firstByteMs: null,
    durationMs: 0,
    bytesIn: 0,
    bytesOut: 0,
  }
}

function refusalOf(error: NodeJS.ErrnoException): RefusalCode {
  return error.code === 'HPE_HEADER_OVERFLOW' ? 'too_many_headers' : 'bad_request'
}
