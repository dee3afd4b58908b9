import type { ServerResponse } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { errorBody } from '#shared/dialects.ts'
import { type RefusalCode, sentenceOf, statusOf } from '#shared/refusals.ts'
import { condemn, isCondemned } from './condemned-sockets.ts'
import type { Recorder } from './ports.ts'
import { newRequestId } from './request-id.ts'

interface Unreadable {
  readonly socket: Socket
  readonly now: () => number
  readonly recorder: Recorder
}

/** What Node's parser would not read: answered in one sentence, recorded, and the connection closed. */
export function answerUnreadable(options: Unreadable & { error: NodeJS.ErrnoException }): void {
  const { error, socket } = options
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const before = unfinishedAnswer(socket)
  const code = refusalOf(error)
  // A browser may open a connection it never uses: that is no request, and no refusal.
  if (code === 'request_timeout' && socket.bytesRead === 0) return void socket.destroy()
  if (before === undefined) return closeWith(options, code)
  // Pipelined: the good request before it keeps its whole answer.
  before.once('close', () => closeWith(options, code))
}

/** CONNECT asks for a tunnel, which would go around every rule. */
export function answerConnect(options: Unreadable): void {
  closeWith(options, 'not_implemented')
}

function closeWith({ socket, now, recorder }: Unreadable, code: RefusalCode): void {
  if (isCondemned(socket)) return
  condemn(socket)
  const address = socket.remoteAddress ?? ''
  const id = newRequestId()
  const status = statusOf(code)
  const body = JSON.stringify(errorBody('ollama', status, code, sentenceOf(code)))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    `X-Request-Id: ${id}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  if (socket.writable) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
  else socket.destroy()
  recorder.record(unreadableRecord(id, now(), code, status), address)
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
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return 'too_many_headers'
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'request_timeout'
    default:
      return 'bad_request'
  }
}

/** Node keeps the answer under way on the socket; there is no public name for it. */
function unfinishedAnswer(socket: Socket): ServerResponse | undefined {
  const { _httpMessage: answer } = socket as Socket & { _httpMessage?: ServerResponse | null }
  return answer?.writableFinished === false ? answer : undefined
}
