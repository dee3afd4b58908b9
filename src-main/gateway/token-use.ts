import type { TokenEstimate } from '#shared/gateway/decisions.ts'
import { answerBound } from './body/answer-bound.ts'
import type { ExchangeContext } from './exchange-context.ts'

/** For English text. */
const PROMPT_BYTES_PER_TOKEN = 4
/** Maximum estimate. An image in a body is far longer than its tokens, and few models read more than this. */
const LONGEST_PROMPT = 32_768
/** A chunk of a stream usually has one token in a frame of 100 to 200 bytes. */
const ANSWER_BYTES_PER_TOKEN = 100
/** A fast home computer. */
const MS_PER_TOKEN = 20
const LONGEST_UNSEEN = 4096

/** The tokens that a request may use; null if the route has no counts or neither the key nor its person has a limit. */
export function estimateOf(context: ExchangeContext): TokenEstimate | null {
  const { bounds, route, body, headers } = context
  const meter = route?.meter ?? 'none'
  if (meter === 'none' || bounds?.countsTokens !== true) return null
  const announced = headers['content-length']
  const bytes = body?.length ?? (announced === undefined ? Number.POSITIVE_INFINITY : Number(announced))
  return {
    prompt: Math.min(LONGEST_PROMPT, Math.ceil(bytes / PROMPT_BYTES_PER_TOKEN)),
    answer: answerBound(body, meter),
  }
}

/**
 * The tokens to record for an ended exchange. If the counts never arrived, because the client left or the answer was
 * cut off, the upstream still did the work. Then the prompt counts as estimated, and the answer by its forwarded bytes,
 * or by its duration if nothing was forwarded. `now` is on the monotonic clock.
 */
export function tokensUsed(context: ExchangeContext, now: number): number {
  const { promptTokens, completionTokens, estimate } = context
  if (promptTokens !== null || completionTokens !== null) return (promptTokens ?? 0) + (completionTokens ?? 0)
  return estimate === null || !isUncounted(context) ? 0 : estimate.prompt + unseenAnswer(context, estimate, now)
}

function isUncounted({ forwarding, outcome, metered, response }: ExchangeContext): boolean {
  const isWhole = outcome === 'ok' && metered
  const isError = response.headersSent && response.statusCode >= 400
  return forwarding !== undefined && outcome !== 'refused' && !isWhole && !isError
}

function unseenAnswer({ bytesOut, startedAt }: ExchangeContext, { answer }: TokenEstimate, now: number): number {
  const seen = Math.ceil(bytesOut / ANSWER_BYTES_PER_TOKEN)
  const guess = seen > 0 ? seen : Math.min(LONGEST_UNSEEN, Math.ceil((now - startedAt) / MS_PER_TOKEN))
  return answer === null ? guess : Math.min(answer, guess)
}
