import type { Exchange } from '#shared/gateway/exchange.ts'

/** An answered chat with the key `k1`, with other values where the test gives them. */
export function exchangeOf(given: Partial<Exchange>): Exchange {
  return {
    id: 'x',
    time: 2000,
    keyId: 'k1',
    origin: null,
    userAgent: null,
    method: 'POST',
    route: '/api/chat',
    routeClass: 'chat',
    model: 'm',
    status: 200,
    outcome: 'ok',
    reason: null,
    promptTokens: 1,
    completionTokens: 1,
    metered: true,
    firstByteMs: 1,
    durationMs: 2,
    bytesIn: 1,
    bytesOut: 1,
    ...given,
  }
}
