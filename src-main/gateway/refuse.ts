import type { Refusal } from '#shared/gateway/decisions.ts'
import { dialectOf, errorBody } from '#shared/gateway/dialects.ts'
import { sentenceOf, statusOf } from '#shared/gateway/refusals.ts'
import type { ExchangeContext } from './exchange-context.ts'
import { CORS_LINES } from './head/response-headers.ts'
import { roughPath } from './head/target.ts'
import { answerLocally } from './local-answer.ts'
import { retryHeaders } from './retry-headers.ts'
import { ALL_METHODS } from './steps/check-framing.ts'

/**
 * Answers with a refusal in the dialect of the route, and marks the exchange. Where an answer has begun it is broken
 * off, for it cannot be taken back.
 */
export function refuse(context: ExchangeContext, refusal: Refusal, upstreamFault = false): void {
  if (context.isAnswered) return breakOff(context, refusal.refused)
  context.outcome = upstreamFault ? 'upstream_error' : 'refused'
  context.reason = refusal.refused
  const status = statusOf(refusal.refused, context.method)
  const body = refusalBody(context, refusal, status)
  context.bytesOut = body.length
  answerLocally(context, status, refusalHeaders(context, refusal, status, body.length), body)
}

/** Never a clean end for an answer that is not whole. One that was a refusal already stays what it is. */
function breakOff(context: ExchangeContext, reason: string): void {
  if (context.outcome === 'ok') {
    context.outcome = 'cut_off'
    context.reason = reason
  }
  context.response.destroy()
}

// Whoever floods the gateway gets the same few sentences again and again.
const MOST_REMEMBERED = 200
const remembered = new Map<string, string>()

/** One character per byte, because only such text leaves in one write with its head. */
function refusalBody(context: ExchangeContext, refusal: Refusal, status: number): string {
  const dialect = dialectOf(context.path === '' ? roughPath(context.request.url ?? '') : context.path)
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
  lines.push('Latchkey-Refusal', refusal.refused)
  if (status === 401) lines.push('WWW-Authenticate', 'Bearer realm="latchkey"')
  if (status === 405) lines.push('Allow', refusal.allow ?? ALL_METHODS)
  lines.push(...retryHeaders(refusal, status))
  return lines
}
