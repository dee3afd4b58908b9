import type { ExchangeContext } from '../exchange-context.ts'
import { valueOf } from '../head/response-headers.ts'
import { type Counts, createMeter, type Meter } from '../meter/meter.ts'
import type { AnswerHead } from '../transport.ts'

const MOST_TOKENS = 1_000_000_000

/** The meter of an answer that says its tokens; undefined, and noted, where it does not or cannot be read. */
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

/** Notes in the exchange what its answer has said so far of models and tokens. */
export function bookCounts(context: ExchangeContext, counts: Readonly<Counts>): void {
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

/** A model may have worked, and nobody says how much. */
export function noteUncounted(context: ExchangeContext): void {
  if (context.route?.class === 'chat') context.metered = false
}

/** More than any model can read or say is no count: sums of a few thousand such answers would be none any more. */
function believable(tokens: number | null): number | null {
  return tokens !== null && tokens > MOST_TOKENS ? null : tokens
}
