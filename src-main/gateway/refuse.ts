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
  const length = Buffer.byteLength(body)
  context.bytesOut = length
  const keep = mayKeepConnection(context, status)
  const lines = refusalHeaders(context, refusal, status, length)
  if (!keep) lines.push('Connection', 'close')
  context.response.writeHead(status, lines)
  if (keep) context.response.end(context.method === 'HEAD' ? undefined : body)
  else endAndClose(context, body)
}

/** Text, because only text leaves in one write with its head. */
function refusalBody(context: ExchangeContext, refusal: Refusal, status: number): string {
  const message = sentenceOf(refusal.refused, {
    detail: refusal.detail ?? '',
    port: context.request.socket.localPort ?? 0,
    upstream: context.config.upstream,
  })
  return JSON.stringify(errorBody(dialectOf(context.path), status, refusal.refused, message))
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
    response.end(body)
    return
  }
  response.write(body)
  discardBody(request, () => response.end())
}
