import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRefusal, type Lease } from '#shared/decisions.ts'
import { RequestWindow } from '../../../src-main/access/request-window.ts'
import { keyOf, NOON, newKey, openRoom, verdict } from './room.ts'

const DAY_MS = 86_400_000

async function openWith(limits: object, options: Parameters<typeof openRoom>[0] = {}) {
  const room = await openRoom(options)
  const { secret, id } = await room.access.keys.create(newKey(limits))
  return { ...room, id, secret, admit: () => room.access.admit(keyOf(room.access, secret)) }
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
    const room = await openRoom({ at: midnight, timeZone: 'Europe/Berlin' })
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
    const { admit, settings, clock } = await openWith({ tokensPerDay: 1 })
    spend(admit, 1)
    settings.timeZone = 'America/New_York'
    clock.now += 60_000
    expect(admit()).toEqual({ refused: 'budget_spent', retryAfter: 16 * 3600 - 60 })
    clock.now = NOON + 16 * 3_600_000
    expect(verdict(admit())).toBe('ok')
  })
})
