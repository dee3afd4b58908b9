import { describe, expect, it } from 'vitest'
import type { GatewayState, UpstreamState } from '#shared/console-api/state.ts'
import type { Exchange } from '#shared/gateway/exchange.ts'
import { problem } from '#shared/text/problem.ts'
import { judge } from '../../../src-renderer/pages/connect/verdict.ts'
import { exchangeOf } from './exchange-of.ts'

const key = { id: 'k1', createdAt: 1000 }

describe('what exchanges say of an app that is being connected', () => {
  it('waits while there are no requests, or only older ones or those of another key', () => {
    const others = [exchangeOf({ keyId: 'k2' }), exchangeOf({ time: 999 })]
    expect(judgeThese([])).toEqual({ kind: 'waiting' })
    expect(judgeThese(others)).toEqual({ kind: 'waiting' })
  })

  it('stays connected whatever is refused afterwards', () => {
    const first = exchangeOf({ id: 'first' })
    const later = exchangeOf({ keyId: null, outcome: 'refused', reason: 'key_missing', time: 3000 })
    expect(judgeThese([later, first])).toEqual({ kind: 'connected', exchange: first })
  })

  it('takes an error of the upstream for a key that works', () => {
    expect(judgeThese([exchangeOf({ outcome: 'upstream_error', status: 404 })]).kind).toBe('connected')
  })

  it.each([
    ['key_malformed', null],
    ['origin_blocked', null],
    ['scope_missing', 'k1'],
    ['upstream_unreachable', 'k1'],
  ])('shows the refusal %s until the app gets through', (reason, keyId) => {
    const refused = exchangeOf({ keyId, outcome: 'refused', reason })
    expect(judgeThese([refused])).toEqual({ kind: 'trouble', of: 'exchange', exchange: refused })
  })
})

const TAKEN = problem('port_taken', 'Taken.', { port: '11500', by: 'other' })

describe('what is in the way of every app', () => {
  it.each([
    ['a pause', { gateway: { status: 'paused' } }, { of: 'pause', remedy: 'resume' }],
    ['a stopped upstream', { upstream: { reachable: false } }, { of: 'upstream', remedy: 'checkUpstream' }],
    ['a gateway without its port', { gateway: { problem: TAKEN } }, { of: 'gateway', remedy: null }],
  ] as const)('%s is said before anything has come from the app', (_, state, trouble) => {
    expect(judgeThese([], state)).toEqual({ kind: 'trouble', ...trouble })
  })

  it('a refusal by it is forgotten once it is over', () => {
    const refused = { keyId: null, outcome: 'refused' } as const
    const exchanges = [
      exchangeOf({ ...refused, reason: 'gateway_paused' }),
      exchangeOf({ ...refused, reason: 'upstream_unreachable' }),
    ]
    expect(judgeThese(exchanges, { upstream: { checkedAt: 2001 } })).toEqual({ kind: 'waiting' })
  })
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
