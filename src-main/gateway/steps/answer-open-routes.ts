import type { Refusal } from '#shared/gateway/decisions.ts'
import type { UpstreamFault } from '#shared/gateway/refusals.ts'
import { HEALTH_PATH } from '#shared/gateway/routes.ts'
import type { Health } from '#shared/own-routes/own-answers.ts'
import { isLoopbackAddress } from '../../base/loopback.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import { findSecret } from '../head/carriers.ts'
import { CORS_LINES } from '../head/response-headers.ts'
import { answerLocally } from '../local-answer.ts'
import { ANSWERED, type Step } from './step.ts'

/** Answers the two routes without a key: clients probe `/` like with Ollama, and monitors request `/healthz`. */
export const answerOpenRoutes: Step = (context, { upstream }) => {
  if (context.method !== 'GET' && context.method !== 'HEAD') return undefined
  // Other computers need a key for everything.
  if (!isLoopbackAddress(context.address)) return undefined
  if (context.path === HEALTH_PATH) return answerHealth(context, upstream)
  // Browsers request it automatically next to any page.
  if (context.path === '/favicon.ico') return answer(context, 'text/plain; charset=utf-8', 'Not found', 404)
  if (context.path === '/' && !carriesKey(context)) return answerRoot(context, upstream)
  return undefined
}

interface Looked {
  fault(): Promise<UpstreamFault | null>
}

async function answerHealth(context: ExchangeContext, upstream: Looked): Promise<typeof ANSWERED> {
  const health: Health = {
    gateway: context.config.paused ? 'paused' : 'up',
    upstream: healthOf(await upstream.fault()),
  }
  return answer(context, 'application/json; charset=utf-8', JSON.stringify(health))
}

/** The upstream's state for monitors. The refusal of a real request gives the details. */
function healthOf(fault: UpstreamFault | null): Health['upstream'] {
  if (fault === null) return 'up'
  if (fault === 'upstream_not_ollama') return 'not_ollama'
  return fault === 'upstream_wants_key' || fault === 'upstream_refuses_key' ? 'key_refused' : 'down'
}

async function answerRoot(context: ExchangeContext, upstream: Looked): Promise<typeof ANSWERED | Refusal> {
  if (context.config.paused) return { refused: 'gateway_paused' }
  const fault = await upstream.fault()
  if (fault !== null) return { refused: fault }
  return answer(context, 'text/plain; charset=utf-8', 'Ollama is running')
}

/** With a key the root is a normal route, so that a wrong key gets its refusal. A placeholder is not a key. */
function carriesKey(context: ExchangeContext): boolean {
  return findSecret(context, false) !== undefined
}

function answer(context: ExchangeContext, type: string, body: string, status = 200): typeof ANSWERED {
  const lines = [...CORS_LINES, 'X-Request-Id', context.id, 'Content-Type', type]
  answerLocally(context, status, [...lines, 'Content-Length', String(body.length)], body)
  return ANSWERED
}
