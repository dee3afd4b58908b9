import { STATUS_CODES } from 'node:http'
import { errorBody } from '#shared/gateway/dialects.ts'
import { type RefusalCode, sentenceOf, statusOf } from '#shared/gateway/refusals.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import type { Recorder } from '../ports.ts'
import { refuse } from '../refuse.ts'
import { newRequestId } from '../request-id.ts'
import { retryHeaders } from '../retry-headers.ts'
import type { ClientConnection } from './client-connection.ts'
import { corsOfUnread, dialectOfUnread, type Guards, type Unread } from './unread-head.ts'

interface Unreadable extends Guards {
  readonly connection: ClientConnection
  readonly now: () => number
  readonly recorder: Recorder
}

/** Answers a request that Node's parser rejected with one sentence, records it, and closes the connection. */
export function answerUnreadable(options: Unreadable & { error: Unread }): void {
  const { error, connection } = options
  const { socket } = connection
  if (!socket.writable) return void socket.destroy()
  // With pipelining, valid requests before it still get their whole answers.
  connection.whenQuiet(() => closeWith(options, refusalOf(error), error))
}

/**
 * Ends an exchange whose body Node's parser rejected, such as for an invalid chunk. Node reports this to nobody else:
 * the request would wait for its rest and count against the key's limits for as long as the upstream waits. An answer
 * that has begun stays the only one.
 */
export function endUnreadableBody(exchange: ExchangeContext, connection: ClientConnection): void {
  const { response, forwarding, isAnswered } = exchange
  connection.condemn()
  if (forwarding !== undefined) forwarding.refuseBody({ refused: 'bad_request' })
  else if (!isAnswered) refuse(exchange, { refused: 'bad_request' })
  else response.end()
  connection.whenQuiet(() => connection.socket.destroySoon())
}

/** Handles a head that stays incomplete. A browser may open a connection it never uses, and this is not a refusal. */
export function answerSlowHead(options: Unreadable): void {
  const { socket, taken } = options.connection
  if (taken > 0 || socket.bytesRead === 0) socket.destroy()
  else closeWith(options, 'request_timeout')
}

/** Refuses CONNECT, because a tunnel would bypass every rule. */
export function answerConnect(options: Unreadable): void {
  const { socket } = options.connection
  // Node hands over the socket for CONNECT. Nothing else handles its errors, and only reading reveals that the client
  // left.
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
