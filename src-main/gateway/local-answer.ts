import { CLIENT_TIMEOUTS } from './client/client-deadlines.ts'
import { discardBody } from './client/request-body.ts'
import type { ExchangeContext } from './exchange-context.ts'

// Smaller bodies are read and dropped, so that the client's connection can be reused.
const SMALL_BODY = 64 * 1024
const KEPT = `timeout=${CLIENT_TIMEOUTS.idle / 1000}`
const KEPT_KEYLESS = `timeout=${CLIENT_TIMEOUTS.head / 1000}`

/** Adds the header with the connection's idle time, so that a client does not send a request just when it closes. */
export function sayHowLongKept({ response, connection }: ExchangeContext, lines: string[]): void {
  if (response.shouldKeepAlive) lines.push('Keep-Alive', connection.hasKey ? KEPT : KEPT_KEYLESS)
}

/**
 * Sends an answer of the gateway itself. Keeps the connection only if its state is known; after malformed framing it
 * reads nothing more. `body` has one character per byte; HEAD gets no body.
 */
export function answerLocally(
  context: ExchangeContext,
  status: number,
  lines: string[],
  body: string | undefined,
): void {
  const { response, method } = context
  const keep = mayKeepConnection(context, status)
  if (keep) sayHowLongKept(context, lines)
  else lines.push('Connection', 'close')
  if (!context.writeHead(status, lines)) return
  if (keep) response.end(method === 'HEAD' ? undefined : body, 'latin1')
  else endAndClose(context, body)
}

function mayKeepConnection(context: ExchangeContext, status: number): boolean {
  if (mayNotReadOn(context) || status === 501 || status === 413 || !context.response.shouldKeepAlive) return false
  if (context.request.complete || !context.hasBody) return true
  const length = context.headers['content-length']
  return !context.expectsContinue && length !== undefined && Number(length) <= SMALL_BODY
}

/**
 * After malformed framing the next bytes could look like a request, and after an internal error the state is unknown.
 */
function mayNotReadOn({ framed, reason }: ExchangeContext): boolean {
  return !framed || reason === 'bad_request' || reason === 'internal_error' || reason === 'request_timeout'
}

/**
 * Ends the connection. If the gateway closed it while the client is sending, the client would see a reset instead of
 * the answer, so the rest of the body is read and dropped first.
 */
function endAndClose(context: ExchangeContext, body: string | undefined): void {
  const { request, response, connection, method } = context
  connection.condemn()
  if (mayNotReadOn(context) || context.expectsContinue || request.complete || !context.hasBody) {
    response.end(body, 'latin1')
    return
  }
  // Without a body node:http would hold the head back until the end.
  if (body === undefined || method === 'HEAD') response.flushHeaders()
  else response.write(body, 'latin1')
  discardBody(request, () => response.end())
}
