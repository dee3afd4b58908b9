import type { Refusal } from '#shared/decisions.ts'
import { dialectOf, errorBody } from '#shared/dialects.ts'
import { sentenceOf, statusOf } from '#shared/refusals.ts'
import { condemn } from './condemned-sockets.ts'
import type { ExchangeContext } from './exchange-context.ts'
import { discardBody } from './request-body.ts'
import { CORS_LINES } from './response-headers.ts'

/** Answers with a refusal in the dialect of the route, and marks the exchange. */
export function refuse(context: ExchangeContext, refusal: Refusal, upstreamFault = false): void {
  context.outcome = upstreamFault ? 'upstream_error' : 'refused'
  context.reason = refusal.refused
  const status = statusOf(refusal.refused)
  const body = refusalBody(context, refusal, status)
  context.bytesOut = body.length
  const keep = mayKeepConnection(context, status)
  const lines = refusalHeaders(context, refusal, status, body.length)
  if (!keep) lines.push('Connection', 'close')
  context.response.writeHead(status, lines)
  if (keep) context.response.end(context.method === 'HEAD' ? undefined : body, 'latin1')
  else endAndClose(context, body)
}

// Whoever floods the gateway gets the same few sentences again and again.
const MOST_REMEMBERED = 200
const remembered = new Map<string, string>()

/** One character per byte, because only such text leaves in one write with its head. */
function refusalBody(context: ExchangeContext, refusal: Refusal, status: number): string {
  const dialect = dialectOf(context.path)
  const port = context.request.socket.localPort ?? 0
  const { upstream } = context.config
  const { refused, detail = '' } = refusal
  const write = () => {
    const message = sentenceOf(refused, { detail, port, upstream })
    return Buffer.from(JSON.stringify(errorBody(dialect, status, refused, message))).toString('latin1')
  }
  // Whoever is slowed down is told a number of seconds, of which there are few; other details are strangers' words.
  if (detail !== '' && refused !== 'slow_down') return write()
  const name = `${refused} ${detail} ${dialect} ${port} ${upstream}`
  const known = remembered.get(name)
  if (known !== undefined) return known
  const body = write()
  if (remembered.size < MOST_REMEMBERED) remembered.set(name, body)
  return body
}

function refusalHeaders(context: ExchangeContext, refusal: Refusal, status: number, length: number): string[] {
  const lines = context.corsReadable ? [...CORS_LINES] : []
  lines.push('X-Request-Id', context.id, 'Content-Type', 'application/json; charset=utf-8')
  lines.push('Content-Length', String(length), 'Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff')
  if (status === 401) lines.push('WWW-Authenticate', 'Bearer realm="latchkey"')
  if (status === 429 || status === 503)
    lines.push('Retry-After', String(Math.max(1, Math.ceil(refusal.retryAfter ?? 1))))
  return lines
}

// Small enough to read away, so that the client's connection can be used again.
const SMALL_BODY = 64 * 1024

/** A connection is kept only when what is left on it is known: malformed framing is never read past. */
function mayKeepConnection(context: ExchangeContext, status: number): boolean {
  if (isMalformed(context) || status === 501 || status === 413) return false
  if (context.request.complete || !context.hasBody) return true
  const length = context.headers['content-length']
  return !context.expectsContinue && length !== undefined && Number(length) <= SMALL_BODY
}

function isMalformed(context: ExchangeContext): boolean {
  return !context.framed || context.reason === 'bad_request'
}

/**
 * Ends the connection. Closing while the client still sends makes it see a reset instead of the sentence, so a body
 * on its way is read away first; never behind malformed framing, where the next bytes could pass for a request.
 */
function endAndClose(context: ExchangeContext, body: string): void {
  const { request, response } = context
  condemn(request.socket)
  if (isMalformed(context) || context.expectsContinue || request.complete || !context.hasBody) {
    response.end(body, 'latin1')
    return
  }
  response.write(body, 'latin1')
  discardBody(request, () => response.end())
}
