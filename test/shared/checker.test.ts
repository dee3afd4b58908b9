import { describe, expect, it } from 'vitest'
import { checkEnd, checkLooks } from './checker/changes.ts'
import { checkCounts } from './checker/counts.ts'
import type { Bounds, Cut, History, Look, Request, Value, Write } from './checker/history.ts'
import { checkConcurrency, checkRate } from './checker/limits.ts'
import { checkRights } from './checker/rights.ts'

// Histories made by hand: the checker must find each fault that is planted in them, and none in the others.

const BOUNDS: Bounds = { knownWithinMs: 1_000, recoveryMs: 500, graceMs: 20_000 }
const NAME = 'key:1 name'
const OPEN = 'key:1 enabled'

const write = (value: Value, from: number, to: number, more: Partial<Write> = {}): Write => ({
  register: typeof value === 'string' ? NAME : OPEN,
  value,
  gateway: 0,
  from,
  to,
  outcome: 'done',
  ...more,
})
const look = (value: Value | undefined, from: number, more: Partial<Look> = {}): Look => ({
  gateway: 1,
  register: typeof value === 'boolean' ? OPEN : NAME,
  value,
  from,
  to: from + 10,
  ...more,
})
const request = (verdict: Request['verdict'], from: number, more: Partial<Request> = {}): Request => ({
  gateway: 1,
  key: 'key:1',
  needs: [OPEN],
  from,
  head: from + 10,
  judged: from,
  to: from + 10,
  verdict,
  ...more,
})
const history = (parts: Partial<History>): History => ({
  writes: [],
  requests: [],
  looks: [],
  cuts: [],
  kills: [],
  ...parts,
})
const cut = (from: number, to: number, gateway?: number): Cut => ({ gateway, from, to })
const promises = (found: readonly { promise: string }[]) => found.map(({ promise }) => promise)

const OPENED = write(true, 0, 10)
const CLOSED = write(false, 100, 110)

describe('a request that was served', () => {
  const rights = (requests: Request[], parts: Partial<History> = {}) =>
    promises(checkRights(history({ writes: [OPENED, CLOSED], requests, ...parts }), BOUNDS))

  it('is right while the key is open, and for the bound after its closing was confirmed', () => {
    expect(rights([request('allowed', 50), request('allowed', 105), request('allowed', 1_109)])).toEqual([])
  })

  it('is wrong when the closing was confirmed longer ago than the bound', () => {
    expect(rights([request('allowed', 1_200)])).toEqual(['closed'])
  })

  it('is wrong when a stream brought a piece so late, although it began in time', () => {
    expect(rights([request('allowed', 50, { judged: 1_150, to: 1_200 })])).toEqual(['closed'])
  })

  it('is right when the key was opened again, or perhaps', () => {
    const requests = [request('allowed', 5_000)]
    for (const outcome of ['done', 'unsure'] as const) {
      expect(rights(requests, { writes: [OPENED, CLOSED, write(true, 200, 210, { outcome })] })).toEqual([])
    }
  })

  it('is wrong when the opening was refused, or began before the closing was asked for', () => {
    const requests = [request('allowed', 5_000)]
    expect(rights(requests, { writes: [OPENED, CLOSED, write(true, 200, 210, { outcome: 'refused' })] })).toEqual([
      'closed',
    ])
    expect(rights(requests, { writes: [OPENED, write(true, 50, 60), CLOSED] })).toEqual(['closed'])
  })

  it('is right when an opening ran at the same time as the closing', () => {
    expect(rights([request('allowed', 5_000)], { writes: [OPENED, CLOSED, write(true, 105, 120)] })).toEqual([])
  })

  it('is right at a gateway that is cut off or has just come back, and wrong at another', () => {
    const cuts = [cut(90, 3_000, 1)]
    expect(rights([request('allowed', 2_500), request('allowed', 3_400)], { cuts })).toEqual([])
    expect(rights([request('allowed', 4_700)], { cuts })).toEqual(['closed'])
    expect(rights([request('allowed', 2_500, { gateway: 2 })], { cuts })).toEqual(['closed'])
  })

  it('is wrong at a gateway that had known of the closing before it was cut off', () => {
    expect(rights([request('allowed', 9_000)], { cuts: [cut(2_000, 10_000, 1)] })).toEqual(['closed'])
  })

  it('is wrong when the gateway has been cut off for longer than the grace time', () => {
    const cuts = [cut(20, 60_000, 1)]
    expect(rights([request('allowed', 20_000)], { writes: [OPENED], cuts })).toEqual([])
    expect(rights([request('allowed', 20_100)], { writes: [OPENED], cuts })).toEqual(['grace'])
  })

  it('counts two cuts as one only if there was no moment between them, in which the gateway may have reached the database', () => {
    const at = [request('allowed', 20_100)]
    expect(rights(at, { writes: [OPENED], cuts: [cut(20, 10_000, 1), cut(9_000, 30_000)] })).toEqual(['grace'])
    expect(rights(at, { writes: [OPENED], cuts: [cut(20, 10_000, 1), cut(10_200, 30_000)] })).toEqual([])
  })
})

describe('a request that was refused', () => {
  const rights = (requests: Request[], writes: Write[]) => promises(checkRights(history({ writes, requests }), BOUNDS))

  it('is right when the key is closed, or perhaps, or not known everywhere yet', () => {
    expect(rights([request('refused', 120)], [OPENED, CLOSED])).toEqual([])
    expect(rights([request('refused', 120)], [OPENED, { ...CLOSED, outcome: 'unsure', to: 9_000 }])).toEqual([])
    expect(rights([request('refused', 900)], [OPENED])).toEqual([])
  })

  it('is wrong when nothing had closed the key', () => {
    expect(rights([request('refused', 1_100)], [OPENED])).toEqual(['open'])
    expect(rights([request('refused', 1_100)], [OPENED, { ...CLOSED, outcome: 'refused' }])).toEqual(['open'])
  })
})

describe('a look at a gateway', () => {
  const looks = (seen: Look[], writes: Write[]) => promises(checkLooks(history({ writes, looks: seen }), BOUNDS))
  const first = write('one', 0, 10)
  const second = write('two', 100, 110)

  it('is right with a value that may be there', () => {
    expect(looks([look('one', 1_050), look('two', 105), look('two', 9_000)], [first, second])).toEqual([])
    expect(looks([look(undefined, 900)], [first])).toEqual([])
  })

  it('may show something closed while that is tried in vain at the same gateway, and not later', () => {
    const inVain = write(false, 5_000, 5_100, { outcome: 'refused', gateway: 1 })
    expect(looks([look(false, 5_050)], [OPENED, inVain])).toEqual([])
    expect(looks([look(false, 5_050, { gateway: 2 })], [OPENED, inVain])).toEqual(['changes'])
    expect(looks([look(false, 5_200)], [OPENED, inVain])).toEqual(['changes'])
  })

  it('is wrong with a value that is over, was refused, or was never written', () => {
    expect(looks([look('one', 1_200)], [first, second])).toEqual(['changes'])
    expect(looks([look('two', 105)], [first, { ...second, outcome: 'refused' }])).toEqual(['changes'])
    expect(looks([look('three', 105)], [first, second])).toEqual(['changes'])
    expect(looks([look(undefined, 1_200)], [first])).toEqual(['changes'])
  })
})

describe('the end', () => {
  const end = (value: Value | undefined, gateway: number) => look(value, 50_000, { gateway })
  const first = write('one', 0, 10)

  it('is right when all gateways have what was confirmed last', () => {
    expect(checkEnd({ writes: [first, write('two', 20, 30)] }, [end('two', 0), end('two', 1)])).toEqual([])
  })

  it('may have the effect of an unsure change, or not', () => {
    const writes = [first, write('two', 20, 900, { outcome: 'unsure' })]
    expect(checkEnd({ writes }, [end('one', 0)])).toEqual([])
    expect(checkEnd({ writes }, [end('two', 0)])).toEqual([])
    expect(promises(checkEnd({ writes: [...writes, write('three', 1_000, 1_010)] }, [end('two', 0)]))).toEqual(['lost'])
  })

  it('is wrong when a confirmed change is lost, or a refused one is there', () => {
    expect(promises(checkEnd({ writes: [first, write('two', 20, 30)] }, [end('one', 0)]))).toEqual(['lost'])
    expect(promises(checkEnd({ writes: [first] }, [end(undefined, 0)]))).toEqual(['lost'])
    expect(
      promises(checkEnd({ writes: [first, write('two', 20, 30, { outcome: 'refused' })] }, [end('two', 0)])),
    ).toEqual(['lost'])
  })

  it('is wrong when the gateways disagree, even if each may be right', () => {
    const writes = [write('one', 0, 100), write('two', 0, 100)]
    expect(checkEnd({ writes }, [end('one', 0), end('one', 1)])).toEqual([])
    expect(promises(checkEnd({ writes }, [end('one', 0), end('two', 1)]))).toEqual(['agreement'])
  })

  it('is wrong when a change took effect by half', () => {
    const part = (register: string) => write('here', 0, 100, { register, outcome: 'unsure', group: 'import 1' })
    const seen = (register: string, value?: string) => look(value, 50_000, { register })
    const writes = [part('key:1'), part('key:2')]
    expect(checkEnd({ writes }, [seen('key:1', 'here'), seen('key:2', 'here')])).toEqual([])
    expect(checkEnd({ writes }, [seen('key:1'), seen('key:2')])).toEqual([])
    expect(promises(checkEnd({ writes }, [seen('key:1', 'here'), seen('key:2')]))).toEqual(['atomic'])
  })
})

describe('usage', () => {
  const counts = (count: number, requests: Request[], kills: History['kills'] = [], cuts: Cut[] = []) =>
    promises(checkCounts({ requests, kills, cuts }, new Map([['key:1', count]]), { ...BOUNDS, lostOnKillMs: 1_000 }))

  it('counts each request that was let in once, and one without an answer once or not at all', () => {
    const requests = [request('allowed', 0), request('unknown', 10), request('unknown', 20)]
    expect(counts(1, requests)).toEqual([])
    expect(counts(3, requests)).toEqual([])
    expect(counts(0, requests)).toEqual(['usage'])
    expect(counts(4, requests)).toEqual(['usage'])
  })

  it('may miss what a gateway answered in its last moments before it was killed', () => {
    const requests = [request('allowed', 0), request('allowed', 5_000)]
    expect(counts(1, requests, [{ gateway: 1, at: 5_500 }])).toEqual([])
    expect(counts(0, requests, [{ gateway: 1, at: 5_500 }])).toEqual(['usage'])
    expect(counts(1, requests, [{ gateway: 2, at: 5_500 }])).toEqual(['usage'])
    expect(counts(1, requests, [{ gateway: 1, at: 9_000 }], [cut(4_900, 9_500, 1)])).toEqual([])
    expect(counts(1, requests, [{ gateway: 1, at: 9_000 }], [cut(8_000, 9_500, 1)])).toEqual(['usage'])
  })
})

describe('limits', () => {
  it('are kept with the stated overrun in each minute', () => {
    const requests = [0, 10_000, 20_000, 59_000, 61_000].map((from) => request('allowed', from))
    expect(checkRate(requests, { key: 'key:1', perMinute: 3, overrun: 1 })).toEqual([])
    expect(promises(checkRate(requests, { key: 'key:1', perMinute: 3, overrun: 0 }))).toEqual(['limits'])
  })

  it('are kept with the stated overrun at each moment', () => {
    const stream = (from: number) => request('allowed', from, { judged: from + 5_000, to: from + 5_010 })
    const requests = [stream(0), stream(100), stream(6_000)]
    expect(checkConcurrency(requests, { key: 'key:1', most: 1, overrun: 1 })).toEqual([])
    expect(promises(checkConcurrency(requests, { key: 'key:1', most: 1, overrun: 0 }))).toEqual(['limits'])
  })
})
