import type { Refusal } from '#shared/gateway/decisions.ts'
import type { UpstreamFault } from '#shared/gateway/refusals.ts'
import { HEALTH_PATH } from '#shared/gateway/routes.ts'
import { isLoopbackAddress } from '../../base/loopback.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import { findSecret } from '../head/carriers.ts'
import { CORS_LINES } from '../head/response-headers.ts'
import { answerLocally } from '../local-answer.ts'
import { ANSWERED, type Step } from './step.ts'

/** The two answers that need no key: clients probe `/` as they do with Ollama, and monitors ask `/healthz`. */
export const answerOpenRoutes: Step = (context, { upstream }) => {
  if (context.method !== 'GET' && context.method !== 'HEAD') return undefined
  // To other computers nothing is keyless.
  if (!isLoopbackAddress(context.address)) return undefined
  if (context.path === HEALTH_PATH) return answerHealth(context, upstream)
  // Browsers ask for it by themselves beside whatever a person opened.
  if (context.path === '/favicon.ico') return answer(context, 'text/plain; charset=utf-8', 'Not found', 404)
  if (context.path === '/' && !carriesKey(context)) return answerRoot(context, upstream)
  return undefined
}

interface Looked {
  fault(): Promise<UpstreamFault | null>
}

async function answerHealth(context: ExchangeContext, upstream: Looked): Promise<typeof ANSWERED> {
  const body = JSON.stringify({
    gateway: context.config.paused ? 'paused' : 'up',
    upstream: inAWord(await upstream.fault()),
  })
  return answer(context, 'application/json; charset=utf-8', body)
}

/** What a monitor has to tell apart; why it is down, it says to whoever asks for an answer. */
function inAWord(fault: UpstreamFault | null): 'up' | 'down' | 'not_ollama' | 'key_refused' {
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

/** With a key the root is a route like any other: a wrong key is said to be wrong. A placeholder is no key. */
function carriesKey(context: ExchangeContext): boolean {
  return findSecret(context, false) !== undefined
}

function answer(context: ExchangeContext, type: string, body: string, status = 200): typeof ANSWERED {
  const lines = [...CORS_LINES, 'X-Request-Id', context.id, 'Content-Type', type]
  answerLocally(context, status, [...lines, 'Content-Length', String(body.length)], body)
  return ANSWERED
}
