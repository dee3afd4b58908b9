import { describe, expect, it } from 'vitest'
import type { GatewayState, UpstreamState } from '#shared/console-api/state.ts'
import type { Exchange } from '#shared/gateway/exchange.ts'
import { problem } from '#shared/text/problem.ts'
import { judge } from '../../../src-renderer/pages/connect/verdict.ts'

const key = { id: 'k1', createdAt: 1000 }

describe('what exchanges say of an app that is being connected', () => {
  it('waits while there are none, or only those from before the key or of another key', () => {
    const others = [exchange({ keyId: 'k2' }), exchange({ time: 999 })]
    expect(judgeThese([])).toEqual({ kind: 'waiting' })
    expect(judgeThese(others)).toEqual({ kind: 'waiting' })
  })

  it('stays connected whatever is refused afterwards', () => {
    const first = exchange({ id: 'first' })
    const later = exchange({ keyId: null, outcome: 'refused', reason: 'key_missing', time: 3000 })
    expect(judgeThese([later, first])).toEqual({ kind: 'connected', exchange: first })
  })

  it('takes an error of the upstream for a key that works', () => {
    expect(judgeThese([exchange({ outcome: 'upstream_error', status: 404 })]).kind).toBe('connected')
  })

  it.each([
    ['key_malformed', null, 'copyKey'],
    ['host_not_allowed', null, 'copyAddress'],
    ['origin_blocked', null, 'allowOrigin'],
    ['scope_missing', 'k1', 'allowMore'],
    ['upstream_unreachable', 'k1', 'checkUpstream'],
    ['rate_limited', 'k1', null],
  ])('offers for %s what mends it', (reason, keyId, mend) => {
    const refused = exchange({ keyId, outcome: 'refused', reason, origin: 'https://a.example' })
    expect(judgeThese([refused])).toEqual({ kind: 'trouble', of: 'exchange', exchange: refused, mend })
  })

  it('offers to allow no origin when the request came from none', () => {
    const refused = exchange({ outcome: 'refused', reason: 'origin_not_approved', origin: null })
    expect(judgeThese([refused])).toMatchObject({ kind: 'trouble', mend: null })
  })
})

const TAKEN = problem('port_taken', 'Taken.', { port: '11500', by: 'other' })

describe('what is in the way of every app', () => {
  it.each([
    ['a pause', { gateway: { status: 'paused' } }, { of: 'pause', mend: 'resume' }],
    ['a stopped upstream', { upstream: { reachable: false } }, { of: 'upstream', mend: 'checkUpstream' }],
    ['a gateway without its port', { gateway: { problem: TAKEN } }, { of: 'gateway', mend: null }],
  ] as const)('%s is said before anything has come from the app', (_, state, trouble) => {
    expect(judgeThese([], state)).toEqual({ kind: 'trouble', ...trouble })
  })

  it('a refusal by it is forgotten once it is over', () => {
    const refused = { keyId: null, outcome: 'refused' } as const
    const exchanges = [
      exchange({ ...refused, reason: 'gateway_paused' }),
      exchange({ ...refused, reason: 'upstream_unreachable' }),
    ]
    expect(judgeThese(exchanges, { upstream: { checkedAt: 2001 } })).toEqual({ kind: 'waiting' })
  })
})

it('an address that the upstream does not have is called so, and no key is given more for it', () => {
  const lost = exchange({ outcome: 'refused', reason: 'scope_missing', routeClass: 'unknown', route: 'unknown' })
  expect(judgeThese([lost])).toEqual({ kind: 'trouble', of: 'address', exchange: lost, mend: 'copyAddress' })
})

function judgeThese(
  exchanges: readonly Exchange[],
  state: { gateway?: Partial<GatewayState>; upstream?: Partial<UpstreamState> } = {},
) {
  const gateway = { status: 'running', address: 'http://localhost:11500', port: 11_500, problem: null } as const
  const upstream = { url: '', reachable: true, version: null, models: [], sample: false, checkedAt: 0, problem: null }
  return judge({
    exchanges,
    key,
    state: {
      gateway: { ...gateway, lan: [], lanProblem: null, ...state.gateway },
      upstream: { ...upstream, ...state.upstream },
    },
  })
}

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
