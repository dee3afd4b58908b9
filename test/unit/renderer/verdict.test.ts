import { describe, expect, it } from 'vitest'
import type { Exchange } from '#shared/exchange.ts'
import { judge } from '../../../src-renderer/pages/connect/verdict.ts'

const KEY = { id: 'k1', createdAt: 1000 }

describe('what exchanges say of an app that is being connected', () => {
  it('waits while there are none, or only those from before the key or of another key', () => {
    const others = [exchange({ keyId: 'k2' }), exchange({ time: 999 })]
    expect(judge([], KEY)).toEqual({ kind: 'waiting' })
    expect(judge(others, KEY)).toEqual({ kind: 'waiting' })
  })

  it('stays connected whatever is refused afterwards', () => {
    const first = exchange({ id: 'first' })
    const later = exchange({ keyId: null, outcome: 'refused', reason: 'key_missing', time: 3000 })
    expect(judge([later, first], KEY)).toEqual({ kind: 'connected', exchange: first })
  })

  it('takes an error of the upstream for a key that works', () => {
    expect(judge([exchange({ outcome: 'upstream_error', status: 404 })], KEY).kind).toBe('connected')
  })

  it.each([
    ['key_malformed', null, 'copyKey'],
    ['host_not_allowed', null, 'copyAddress'],
    ['origin_blocked', null, 'allowOrigin'],
    ['scope_missing', 'k1', 'allowEverything'],
    ['upstream_unreachable', 'k1', 'checkUpstream'],
    ['gateway_paused', null, 'resume'],
    ['rate_limited', 'k1', null],
  ])('offers for %s what mends it', (reason, keyId, mend) => {
    const refused = exchange({ keyId, outcome: 'refused', reason, origin: 'https://a.example' })
    expect(judge([refused], KEY)).toEqual({ kind: 'trouble', exchange: refused, mend })
  })

  it('offers to allow no origin when the request came from none', () => {
    const refused = exchange({ outcome: 'refused', reason: 'origin_not_approved', origin: null })
    expect(judge([refused], KEY)).toMatchObject({ kind: 'trouble', mend: null })
  })
})

function exchange(given: Partial<Exchange>): Exchange {
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
