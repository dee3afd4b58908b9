import type { Exchange } from '#shared/gateway/exchange.ts'
import { redactSecrets } from '#shared/keys/secret.ts'
import { bounded, boundedOrNull, RECORDED_TEXTS } from '#shared/records/recorded-text.ts'
import type { ExchangeContext } from './exchange-context.ts'
import { userAgentFamily } from './head/user-agent.ts'

const BOUNDS = RECORDED_TEXTS.exchange

/** The record of an ended exchange: counts and codes, never contents. `now` is on the monotonic clock. */
export function toRecord(context: ExchangeContext, now: number): Exchange {
  return {
    id: context.id,
    time: context.time,
    keyId: context.key?.id ?? null,
    origin: boundedOrNull(context.origin, BOUNDS.origin),
    userAgent: boundedOrNull(userAgentFamily(context.headers['user-agent']), BOUNDS.userAgent),
    method: bounded(context.method, BOUNDS.method),
    route: context.route?.path ?? 'unknown',
    routeClass: context.route?.class ?? 'unknown',
    model: context.model === null ? null : bounded(redactSecrets(context.model), BOUNDS.model),
    status: context.response.headersSent ? context.response.statusCode : 0,
    outcome: context.outcome,
    reason: boundedOrNull(context.reason, BOUNDS.reason),
    promptTokens: context.promptTokens,
    completionTokens: context.completionTokens,
    metered: context.metered,
    firstByteMs: context.firstByteAt === 0 ? null : toMicroseconds(context.firstByteAt - context.startedAt),
    durationMs: toMicroseconds(now - context.startedAt),
    bytesIn: context.bytesIn,
    bytesOut: context.bytesOut,
  }
}

/** Rounds milliseconds to three decimals. More would be noise in exports. */
function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
