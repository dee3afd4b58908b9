import type { Refusal } from '#shared/gateway/decisions.ts'
import type { UpstreamFault } from '#shared/gateway/refusals.ts'
import { HEALTH_PATH, READY_PATH } from '#shared/gateway/routes.ts'
import type { Health, Ready, Unready } from '#shared/own-routes/own-answers.ts'
import { isLoopbackAddress } from '../../base/loopback.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import { findSecret } from '../head/carriers.ts'
import { rawHeader } from '../head/raw-header.ts'
import { CORS_LINES } from '../head/response-headers.ts'
import { answerLocally } from '../local-answer.ts'
import type { GatewayConfig, TrustPage } from '../ports.ts'
import { cutOffRefusal } from './cut-off.ts'
import { ANSWERED, type Step } from './step.ts'

const JSON_TYPE = 'application/json; charset=utf-8'

/**
 * Answers the routes without a key: clients probe `/` like with Ollama, monitors request `/healthz`, and balancers
 * `/readyz`. Other devices need a key for everything but the last, the trust page, and asking for one.
 */
export const answerOpenRoutes: Step = (context, { upstream, trustPage, unready }) => {
  if (context.method !== 'GET' && context.method !== 'HEAD') return undefined
  // Before the address, because most balancers run on another computer. It says nothing that a request without a key does not find out.
  if (context.path === READY_PATH) return answerReady(context, unready())
  if (!isLoopbackAddress(context.address)) return answerTrustPage(context, context.method, trustPage)
  if (context.path === HEALTH_PATH) return answerHealth(context, upstream)
  // Browsers request it automatically next to any page.
  if (context.path === '/favicon.ico') return answer(context, 'text/plain; charset=utf-8', 'Not found', 404)
  if (context.path === '/' && !carriesKey(context)) return answerRoot(context, upstream)
  return undefined
}

function answerTrustPage(
  context: ExchangeContext,
  method: 'GET' | 'HEAD',
  page: TrustPage,
): typeof ANSWERED | undefined {
  const { path, headers, isSecure, address } = context
  if (path !== '/trust' && !path.startsWith('/trust/')) return undefined
  const found = page.answer({
    method,
    path,
    acceptLanguage: rawHeader(context, 'accept-language'),
    isSecure,
    host: headers.host ?? '',
    address,
    userAgent: headers['user-agent'],
  })
  if (found === undefined) return undefined
  const lines = ['X-Request-Id', context.id, ...found.headers, 'Content-Length', String(found.body.length)]
  answerLocally(context, found.status, lines, found.body)
  return ANSWERED
}

interface Looked {
  fault(): Promise<UpstreamFault | null>
}

function answerReady(context: ExchangeContext, reason: Unready | null): typeof ANSWERED {
  const ready: Ready = reason === null ? { ready: true } : { ready: false, reason }
  return answer(context, JSON_TYPE, JSON.stringify(ready), reason === null ? 200 : 503)
}

async function answerHealth(context: ExchangeContext, upstream: Looked): Promise<typeof ANSWERED> {
  const health: Health = {
    gateway: gatewayHealth(context.config),
    upstream: healthOf(await upstream.fault()),
  }
  return answer(context, JSON_TYPE, JSON.stringify(health))
}

function gatewayHealth({ paused, databaseAway }: GatewayConfig): Health['gateway'] {
  if (databaseAway) return 'database_away'
  return paused ? 'paused' : 'up'
}

/** The upstream's state for monitors. The refusal of a real request gives the details. */
function healthOf(fault: UpstreamFault | null): Health['upstream'] {
  if (fault === null) return 'up'
  if (fault === 'upstream_not_ollama') return 'not_ollama'
  return fault === 'upstream_wants_key' || fault === 'upstream_refuses_key' ? 'key_refused' : 'down'
}

async function answerRoot(context: ExchangeContext, upstream: Looked): Promise<typeof ANSWERED | Refusal> {
  const cutOff = cutOffRefusal(context.config)
  if (cutOff !== undefined) return cutOff
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
