import { isRefusal, type Refusal } from '#shared/gateway/decisions.ts'
import { KEY_PATH, METRICS_PATH, USAGE_PATH } from '#shared/gateway/routes.ts'
import type { Key } from '#shared/keys/key.ts'
import { KEY_ID_SHAPE } from '#shared/keys/stored.ts'
import { periodSchema, usagePersonSchema } from '#shared/usage/usage.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import { CORS_LINES } from '../head/response-headers.ts'
import { answerLocally } from '../local-answer.ts'
import type { OwnUsageQuery } from '../ports.ts'
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
      const query = readQuery(new URLSearchParams(context.query))
      if (isRefusal(query)) return query
      return own.usage(key, query).then((usage) => answer(context, JSON_TYPE, JSON.stringify(usage)))
    }
    case METRICS_PATH:
      return own.metrics().then(({ text, contentType }) => answer(context, contentType, text))
    default:
      return undefined
  }
}

/** The names are those of the answer's fields. LocalAI filters by `user_id` too, and its default is a month. */
function readQuery(params: URLSearchParams): OwnUsageQuery | Refusal {
  const period = periodSchema.safeParse(params.get('period') ?? 'month')
  if (!period.success) return bad('period must be one of day, week, month, all')
  const [personId, keyId] = [params.get('user_id'), params.get('key_id')]
  if (personId !== null && !usagePersonSchema.safeParse(personId).success) return bad('user_id must be a person’s id')
  if (keyId !== null && !KEY_ID_SHAPE.test(keyId)) return bad('key_id must be a key’s id')
  return { period: period.data, personId, keyId }
}

function bad(detail: string): Refusal {
  return { refused: 'bad_query', detail }
}

function answer(context: ExchangeContext, type: string, body: string): typeof ANSWERED {
  const bytes = Buffer.from(body)
  context.firstByteAt = performance.now()
  context.bytesOut = bytes.length
  const lines = [...CORS_LINES, 'X-Request-Id', context.id, 'Cache-Control', 'no-store', 'Content-Type', type]
  answerLocally(context, 200, [...lines, 'Content-Length', String(bytes.length)], bytes.toString('latin1'))
  return ANSWERED
}
