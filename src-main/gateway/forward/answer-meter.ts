import type { ExchangeContext } from '../exchange-context.ts'
import { valueOf } from '../head/response-headers.ts'
import { type Counts, createMeter, type Meter } from '../meter/meter.ts'
import type { AnswerHead } from '../transport.ts'

const MOST_TOKENS = 1_000_000_000

/**
 * Creates the meter of an answer with token counts. Returns undefined if its route has no counts; also if the answer
 * cannot be read, which it records.
 */
export function meterFor(
  context: ExchangeContext,
  { status, lines }: AnswerHead,
  isReadable: boolean,
): Meter | undefined {
  const { method, route, askedForUsage } = context
  if (method === 'HEAD' || status >= 400) return undefined
  const shape = isReadable ? (route?.meter ?? 'none') : 'none'
  if (shape !== 'none')
    return createMeter({ shape, contentType: valueOf(lines, 'content-type') ?? '', asked: askedForUsage })
  noteUncounted(context)
  return undefined
}

/** Records the models and tokens that the answer has reported so far. */
export function recordCounts(context: ExchangeContext, counts: Readonly<Counts>): void {
  context.model = counts.model ?? context.model
  context.promptTokens = believable(counts.promptTokens)
  context.completionTokens = believable(counts.completionTokens)
  const isBelieved =
    context.promptTokens === counts.promptTokens && context.completionTokens === counts.completionTokens
  context.metered = counts.metered && isBelieved
  if (counts.failed) {
    context.outcome = 'upstream_error'
    context.reason = 'error_in_stream'
  }
}

/** Records that a model may have worked without a token count. */
export function noteUncounted(context: ExchangeContext): void {
  if (context.route?.class === 'chat') context.metered = false
}

/** Replaces a count that no model can reach by null: the sum of a few thousand such counts would no longer be exact. */
function believable(tokens: number | null): number | null {
  return tokens !== null && tokens > MOST_TOKENS ? null : tokens
}
