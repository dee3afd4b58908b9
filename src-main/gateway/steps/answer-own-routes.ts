import { KEY_PATH, METRICS_PATH, USAGE_PATH } from '#shared/gateway/routes.ts'
import type { Key } from '#shared/keys/key.ts'
import { periodSchema } from '#shared/usage/usage.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import { CORS_LINES } from '../head/response-headers.ts'
import { answerLocally } from '../local-answer.ts'
import { ANSWERED, type Step } from './step.ts'

const JSON_TYPE = 'application/json; charset=utf-8'

/**
 * Answers Latchkey's own routes: the key's limits, its usage, metrics for a monitor. They are never forwarded and do
 * not count against the limits, because a client with no requests left asks when there will be more.
 */
export const answerOwnRoutes: Step = (context, { own }) => {
  if (context.route?.class !== 'own') return undefined
  const key = context.key as Key
  switch (context.route.path) {
    case KEY_PATH:
      return answer(context, JSON_TYPE, JSON.stringify(own.key(key)))
    case USAGE_PATH: {
      const asked = new URLSearchParams(context.query).get('period')
      // LocalAI's default.
      const period = periodSchema.safeParse(asked ?? 'month')
      if (!period.success) return { refused: 'bad_query', detail: 'period must be one of day, week, month, all' }
      return own.usage(key, period.data).then((usage) => answer(context, JSON_TYPE, JSON.stringify(usage)))
    }
    case METRICS_PATH:
      return own.metrics().then(({ text, contentType }) => answer(context, contentType, text))
    default:
      return undefined
  }
}

function answer(context: ExchangeContext, type: string, body: string): typeof ANSWERED {
  const bytes = Buffer.from(body)
  context.firstByteAt = performance.now()
  context.bytesOut = bytes.length
  const lines = [...CORS_LINES, 'X-Request-Id', context.id, 'Cache-Control', 'no-store', 'Content-Type', type]
  answerLocally(context, 200, [...lines, 'Content-Length', String(bytes.length)], bytes.toString('latin1'))
  return ANSWERED
}
