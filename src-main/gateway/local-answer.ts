import { PATIENCE } from './client/deadlines.ts'
import { discardBody } from './client/request-body.ts'
import type { ExchangeContext } from './exchange-context.ts'

// Small enough to read away, so that the client's connection can be used again.
const SMALL_BODY = 64 * 1024
const KEPT = `timeout=${PATIENCE.idle / 1000}`
const KEPT_KEYLESS = `timeout=${PATIENCE.head / 1000}`

/** Adds the header that says how long a connection is kept, so that no client begins a request just when it is closed. */
export function sayHowLongKept({ response, connection }: ExchangeContext, lines: string[]): void {
  if (response.shouldKeepAlive) lines.push('Keep-Alive', connection.hasKey ? KEPT : KEPT_KEYLESS)
}

/**
 * Gives the gateway's own answer. The connection is kept only when what is left on it is known: malformed framing is
 * never read past. `body` has one character per byte; for HEAD it is not sent.
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
  if (mayNotReadOn(context) || status === 501 || status === 413) return false
  if (context.request.complete || !context.hasBody) return true
  const length = context.headers['content-length']
  return !context.expectsContinue && length !== undefined && Number(length) <= SMALL_BODY
}

/** Behind malformed framing the next bytes could pass for a request, and behind a failure nothing is sure. */
function mayNotReadOn({ framed, reason }: ExchangeContext): boolean {
  return !framed || reason === 'bad_request' || reason === 'internal_error' || reason === 'request_timeout'
}

/**
 * Ends the connection. Closing while the client still sends makes it see a reset instead of the sentence, so a body
 * on its way is read away first.
 */
function endAndClose(context: ExchangeContext, body: string | undefined): void {
  const { request, response, connection, method } = context
  connection.condemn()
  if (mayNotReadOn(context) || context.expectsContinue || request.complete || !context.hasBody) {
    response.end(body, 'latin1')
    return
  }
  // Without a body node:http would keep the head until the end.
  if (body === undefined || method === 'HEAD') response.flushHeaders()
  else response.write(body, 'latin1')
  discardBody(request, () => response.end())
}
