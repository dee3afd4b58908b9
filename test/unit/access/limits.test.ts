import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRefusal, type Lease, type TokenEstimate } from '#shared/gateway/decisions.ts'
import { Limits } from '../../../src-main/access/limits/limits.ts'
import { RequestWindow } from '../../../src-main/access/limits/request-window.ts'
import { WHOLE_LIMITS } from '../../../src-main/access/limits/shares/limit-shares.ts'
import { TokenBudgets } from '../../../src-main/access/limits/token-budgets.ts'
import { moveTo } from '../../support/local-zone.ts'
import { ask, keyOf, NOON, newKey, openRoom, verdict } from './room.ts'

const DAY_MS = 86_400_000

async function openWith(limits: object, options: Parameters<typeof openRoom>[0] = {}) {
  const room = await openRoom(options)
  const { secret, id } = await room.access.keys.create(newKey(limits))
  const admit = () => room.access.admit(keyOf(room.access, secret))
  /** As the gateway does: a place first, and tokens once the body is read. */
  const begin = (estimate: TokenEstimate = { prompt: 1, answer: 1 }) => {
    const lease = admit()
    if (isRefusal(lease)) return lease
    return room.access.reserveTokens(keyOf(room.access, secret), lease, estimate) ?? lease
  }
  return { ...room, id, secret, admit, begin }
}

function leaseOf(admitted: Lease | object): Lease {
  if (isRefusal(admitted)) throw new Error(`refused: ${admitted.refused}`)
  return admitted as Lease
}

describe('requests per minute', () => {
  test('are counted over the last sixty seconds, and the wait is said', async () => {
    const { clock, admit } = await openWith({ requestsPerMinute: 2 })
    admit()
    clock.now += 10_500
    admit()
    expect(admit()).toEqual({ refused: 'rate_limited', retryAfter: 50 })
    clock.now = NOON + 59_999
    expect(admit()).toEqual({ refused: 'rate_limited', retryAfter: 1 })
    clock.now = NOON + 60_000
    expect(verdict(admit())).toBe('ok')
    expect(admit()).toEqual({ refused: 'rate_limited', retryAfter: 11 })
  })

  test('a clock that is set back holds no key', async () => {
    const { clock, admit } = await openWith({ requestsPerMinute: 1 })
    admit()
    clock.now -= DAY_MS
    expect(verdict(admit())).toBe('ok')
  })

  test('never let more through in any sixty seconds, and never make wait longer than needed', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 60 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), steps, (limit, gaps) => {
        const window = new RequestWindow()
        const taken: number[] = []
        let now = NOON
        for (const gap of gaps) {
          now += gap
          const recentAt = (moment: number) => taken.filter((time) => time > moment - 60_000).length
          const waitMs = window.waitMs(limit, now)
          expect(waitMs === 0).toBe(recentAt(now) < limit)
          // Several taken in one millisecond leave together: fewer than the limit then, and no sooner.
          expect(recentAt(now + waitMs)).toBeLessThan(limit)
          if (waitMs > 0) expect(recentAt(now + waitMs - 1)).toBeGreaterThanOrEqual(limit)
          if (waitMs === 0) window.take(now)
          if (waitMs === 0) taken.push(now)
        }
      }),
    )
  })

  test('are used up by requests that are refused for another reason, and by none that a limit refuses', async () => {
    const { access, secret, admit } = await openWith({ requestsPerMinute: 3, concurrency: 1 })
    const key = keyOf(access, secret)
    expect(access.countRefused(key)).toBeNull()
    const lease = leaseOf(admit())
    for (let count = 0; count < 5; count++) expect(verdict(admit())).toBe('too_many_at_once')
    lease.end(0)
    expect(access.countRefused(key)).toBeNull()
    expect(verdict(access.countRefused(key))).toBe('rate_limited')
    expect(verdict(admit())).toBe('rate_limited')
    expect(access.allowanceOf(key).requestsThisMinute).toBe(0)
    expect(access.authorise(key, ask('POST', '/api/chat'))).toBeNull()
  })

  test('are given back to the moment they were taken from when tokens cannot be set aside', async () => {
    const { clock, begin, admit } = await openWith({ requestsPerMinute: 2, tokensPerDay: 10 })
    const running = leaseOf(begin({ prompt: 10, answer: 10 }))
    clock.now += 30_000
    expect(verdict(begin())).toBe('budget_reserved')
    running.end(1)
    clock.now += 29_999
    expect(verdict(admit())).toBe('ok')
    expect(verdict(admit())).toBe('rate_limited')
    clock.now += 1
    expect(verdict(admit())).toBe('ok')
  })

  test('follow a lowered limit at once', async () => {
    const { access, id, admit } = await openWith({ requestsPerMinute: 10 })
    for (let count = 0; count < 5; count++) admit()
    await access.keys.update(id, { requestsPerMinute: 3 })
    expect(verdict(admit())).toBe('rate_limited')
    await access.keys.update(id, { requestsPerMinute: null })
    expect(verdict(admit())).toBe('ok')
  })
})

describe('exchanges at the same time', () => {
  test('free their place once, however often they end', async () => {
    const { admit } = await openWith({ concurrency: 2 })
    const [first] = [leaseOf(admit()), leaseOf(admit())]
    expect(admit()).toEqual({ refused: 'too_many_at_once', retryAfter: 1 })
    first?.end(0)
    first?.end(0)
    expect(verdict(admit())).toBe('ok')
    expect(verdict(admit())).toBe('too_many_at_once')
  })

  test('a refused request takes nothing from the other limits', async () => {
    const { admit } = await openWith({ concurrency: 1, requestsPerMinute: 2 })
    const lease = leaseOf(admit())
    for (let count = 0; count < 5; count++) expect(verdict(admit())).toBe('too_many_at_once')
    lease.end(0)
    expect(verdict(admit())).toBe('ok')
  })
})

describe('tokens per day', () => {
  const spend = (admit: () => object, tokens: number) => leaseOf(admit()).end(tokens)

  test('are booked when an answer ends, and come back at midnight', async () => {
    const { admit, clock } = await openWith({ tokensPerDay: 100 })
    const running = leaseOf(admit())
    spend(admit, 60)
    expect(verdict(admit())).toBe('ok')
    running.end(60)
    running.end(60)
    expect(admit()).toEqual({ refused: 'budget_spent', retryAfter: 12 * 3600 })
    clock.now = NOON + DAY_MS / 2 - 1
    expect(admit()).toEqual({ refused: 'budget_spent', retryAfter: 1 })
    clock.now += 1
    expect(verdict(admit())).toBe('ok')
  })

  test('are set aside before they are used: requests at once pass the limit by one of them', async () => {
    const { begin } = await openWith({ tokensPerDay: 50 })
    const leases = Array.from({ length: 200 }, () => begin({ prompt: 10, answer: 17 })).filter((one) => !isRefusal(one))
    expect(leases).toHaveLength(1)
    leaseOf(leases[0] ?? {}).end(27)
    const last = leaseOf(begin({ prompt: 10, answer: 17 }))
    expect(verdict(begin({ prompt: 10, answer: 17 }))).toBe('budget_reserved')
    last.end(27)
    expect(verdict(begin())).toBe('budget_spent')
  })

  test('let requests run side by side as long as all of them fit', async () => {
    const { begin } = await openWith({ tokensPerDay: 1000 })
    const running = Array.from({ length: 37 }, () => leaseOf(begin({ prompt: 10, answer: 17 })))
    expect(begin({ prompt: 10, answer: 17 })).toEqual({ refused: 'budget_reserved', retryAfter: 5 })
    running[0]?.end(3)
    expect(verdict(begin({ prompt: 10, answer: 14 }))).toBe('ok')
  })

  test('of a request that sets no end to its answer are the most that the key has used lately, and 4,096 at least', async () => {
    const { begin } = await openWith({ tokensPerDay: 30_000 })
    const first = Array.from({ length: 8 }, () => begin({ prompt: 0, answer: null })).map(verdict)
    expect(first.filter((one) => one === 'ok')).toHaveLength(7)
    const other = await openWith({ tokensPerDay: 30_000 })
    leaseOf(other.begin({ prompt: 0, answer: null })).end(9000)
    const next = Array.from({ length: 3 }, () => other.begin({ prompt: 0, answer: null })).map(verdict)
    expect(next).toEqual(['ok', 'ok', 'budget_reserved'])
  })

  test.each(['key', 'person'])(
    'of a %s pass the limit by no more than one request, and by what answers were longer than told',
    (whose) => {
      const requests = fc.array(
        fc.record({
          told: fc.record({ prompt: fc.nat(50), answer: fc.nat(50) }),
          used: fc.nat(200),
          // Which of those that are running ends before this one begins.
          ends: fc.array(fc.nat(10), { maxLength: 3 }),
        }),
        { maxLength: 80 },
      )
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 500 }), requests, (limit, list) => {
          const [budgets, others] = [new TokenBudgets({ now: () => NOON }), new TokenBudgets({ now: () => NOON })]
          const both =
            whose === 'key' ? { budgets, personBudgets: others } : { budgets: others, personBudgets: budgets }
          const limits = new Limits({ now: () => NOON, ...both, shares: WHOLE_LIMITS, onPersonUsed: () => undefined })
          const limited = { id: 'key', requestsPerMinute: null, tokensPerDay: limit, concurrency: null }
          const free = { ...limited, tokensPerDay: null }
          const [key, person] = whose === 'key' ? [limited, free] : [free, limited]
          const running: { lease: Lease; used: number }[] = []
          let [booked, largest, longer] = [0, 0, 0]
          const end = (at: number) => {
            for (const { lease, used } of running.splice(at, 1)) {
              lease.end(used)
              lease.end(used)
              booked += used
            }
          }
          for (const { told, used, ends } of list) {
            for (const at of ends) end(at)
            const isAlone = running.length === 0
            const lease = limits.admit(key, person)
            const refusal = isRefusal(lease) ? lease : lease.reserve(told)
            // A request is admitted whenever nothing runs and any tokens are left.
            if (isAlone) expect(refusal === null).toBe(booked < limit)
            if (refusal !== null || isRefusal(lease)) continue
            largest = Math.max(largest, used)
            longer += Math.max(0, used - Math.max(1, told.prompt + told.answer))
            running.push({ lease, used })
          }
          while (running.length > 0) end(0)
          expect(budgets.used('key')).toBe(booked)
          expect(booked).toBeLessThanOrEqual(limit + largest + longer)
          // Nothing stays set aside: as much as is left can be set aside at once.
          if (booked < limit) {
            const rest = limit - booked
            expect(leaseOf(limits.admit(key, person)).reserve({ prompt: 0, answer: 1 })).toBeNull()
            if (rest > 1) expect(leaseOf(limits.admit(key, person)).reserve({ prompt: 0, answer: rest - 1 })).toBeNull()
          }
        }),
        { numRuns: 500 },
      )
    },
  )

  test('hang on the key, not on its secret', async () => {
    const { access, id, admit } = await openWith({ tokensPerDay: 100 })
    spend(admit, 100)
    const fresh = await access.keys.rotate(id, 0)
    expect(verdict(access.admit(keyOf(access, fresh?.secret ?? '')))).toBe('budget_spent')
    await access.keys.update(id, { tokensPerDay: 101 })
    expect(verdict(access.admit(keyOf(access, fresh?.secret ?? '')))).toBe('ok')
  })

  test('used before a restart stay used, and are asked for since the person’s midnight', async () => {
    const before = await openWith({ tokensPerDay: 100 })
    const asked: number[] = []
    const after = await openRoom({
      stores: before.stores,
      tokensSince: async (_, since) => asked.push(since) * 100,
    })
    expect(verdict(after.access.admit(keyOf(after.access, before.secret)))).toBe('budget_spent')
    expect(asked).toEqual([NOON - DAY_MS / 2])
  })

  test('that cannot be read at start are a warning, and the key works', async () => {
    const before = await openWith({ tokensPerDay: 100 })
    const after = await openRoom({ stores: before.stores, tokensSince: () => Promise.reject(new Error('broken')) })
    expect(after.warnings).toHaveLength(1)
    expect(verdict(after.access.admit(keyOf(after.access, before.secret)))).toBe('ok')
  })

  test.each([
    ['spring forward: 23 hours', Date.UTC(2026, 2, 28, 23), 23],
    ['fall back: 25 hours', Date.UTC(2026, 9, 24, 22), 25],
  ])('a day on which the clocks change lasts from midnight to midnight (%s)', async (_, midnight, hours) => {
    moveTo('Europe/Berlin')
    const room = await openRoom({ at: midnight })
    const { secret } = await room.access.keys.create(newKey({ tokensPerDay: 1 }))
    const admit = () => room.access.admit(keyOf(room.access, secret))
    spend(admit, 1)
    expect(admit()).toEqual({ refused: 'budget_spent', retryAfter: hours * 3600 })
    room.clock.now = midnight + hours * 3_600_000 - 1
    expect(verdict(admit())).toBe('budget_spent')
    room.clock.now += 1
    expect(verdict(admit())).toBe('ok')
  })

  test('a journey to another time zone on the same day is no refill', async () => {
    moveTo('UTC')
    const { admit, clock } = await openWith({ tokensPerDay: 1 })
    spend(admit, 1)
    moveTo('America/New_York')
    clock.now += 60_000
    expect(admit()).toEqual({ refused: 'budget_spent', retryAfter: 16 * 3600 - 60 })
    clock.now = NOON + 16 * 3_600_000
    expect(verdict(admit())).toBe('ok')
  })
})

describe('asking for more', () => {
  test('a key that reaches a limit is asked about once a day, and an answer ends the question', async () => {
    const { access, clock, limitQuestions } = await openRoom()
    const { id, secret } = await access.keys.create(newKey({ requestsPerMinute: 1 }))
    const use = () => verdict(access.admit(keyOf(access, secret)))
    expect([use(), limitQuestions.length]).toEqual(['ok', 0])
    expect([use(), use(), limitQuestions.map((key) => key.id)]).toEqual(['rate_limited', 'rate_limited', [id]])
    expect(access.limitQuestions()).toEqual([{ keyId: id, limit: 'requestsPerMinute' }])
    await access.keys.update(id, { name: 'Renamed' })
    expect(access.limitQuestions()).toHaveLength(1)
    await access.keys.update(id, { requestsPerMinute: 1 })
    expect(access.limitQuestions()).toEqual([])
    expect([use(), limitQuestions.length]).toEqual(['rate_limited', 1])
    clock.now += 24 * 3_600_000
    expect([use(), use(), limitQuestions.length]).toEqual(['ok', 'rate_limited', 2])
    await access.keys.update(id, { requestsPerMinute: 2 })
    expect([access.limitQuestions(), use()]).toEqual([[], 'ok'])
  })

  test('tokens and simultaneous requests are asked about, reservations and deleted keys are not', async () => {
    const { access, limitQuestions } = await openRoom()
    const spent = await access.keys.create(newKey({ tokensPerDay: 10 }))
    const busy = await access.keys.create(newKey({ concurrency: 1 }))
    const tokens = { prompt: 5, answer: 20 }
    const [first, second] = [spent, spent].map(({ secret }) => access.admit(keyOf(access, secret)))
    if (first === undefined || second === undefined || isRefusal(first) || isRefusal(second)) throw new Error('refused')
    const key = keyOf(access, spent.secret)
    expect(access.reserveTokens(key, first, tokens)).toBeNull()
    expect(verdict(access.reserveTokens(key, second, tokens))).toBe('budget_reserved')
    expect(limitQuestions).toEqual([])
    first.end(25)
    expect(verdict(access.admit(key))).toBe('budget_spent')
    access.admit(keyOf(access, busy.secret))
    expect(verdict(access.admit(keyOf(access, busy.secret)))).toBe('too_many_at_once')
    expect(access.limitQuestions()).toEqual([
      { keyId: spent.id, limit: 'tokensPerDay' },
      { keyId: busy.id, limit: 'concurrency' },
    ])
    await access.keys.delete(busy.id)
    expect(access.limitQuestions()).toEqual([{ keyId: spent.id, limit: 'tokensPerDay' }])
  })
})
