import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { UsageRoom } from '../../src-main/usage/usage-room.ts'
import type { Exchange } from '../../src-shared/gateway/exchange.ts'
import { QUARTER_MS } from '../../src-shared/keys/stored.ts'
import {
  DIMENSIONS,
  type Dimension,
  PERIODS,
  type Period,
  TIMING_ERROR,
  type TimedSums,
} from '../../src-shared/usage/usage.ts'
import { useAlways, type WholeStore } from '../support/summed-store.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { exchange, latest, NOW, open, SILENT } from './fixtures.ts'

const DAY_MS = 86_400_000
let dir: TempDir
let store: WholeStore
beforeEach(async () => {
  dir = await createTempDir()
  store = await open(dir.path)
})
afterEach(async () => {
  await store.close()
  await dir.remove()
})

test('an exchange comes back as it was written, with and without everything that may be missing', async () => {
  const full = exchange('full')
  const bare = exchange('bare', {
    time: NOW + 1,
    keyId: null,
    origin: null,
    userAgent: null,
    model: null,
    status: 401,
    outcome: 'refused',
    reason: 'key_missing',
    promptTokens: null,
    completionTokens: null,
    metered: false,
    firstByteMs: null,
  })
  await store.usage.append([full, bare], [])
  await store.close()
  store = await open(dir.path)
  expect(await latest(store, 10)).toEqual([bare, full])
  expect(await latest(store, 1)).toEqual([bare])
})

test('an exchange that is only summed has no row of its own', async () => {
  await store.usage.append([exchange('kept')], [exchange('summed')])
  expect((await latest(store, 10)).map((one) => one.id)).toEqual(['kept'])
  expect(await store.usage.sums('model', 0, NOW)).toMatchObject([{ value: 'llama3', requests: 2 }])
})

test('pruning deletes the oldest exchanges, no more than asked for, and leaves the sums', async () => {
  await store.usage.append(
    [0, 1, 2, 3].map((day) => exchange(`x-${day}`, { time: NOW + day * DAY_MS })),
    [],
  )
  expect(await store.usage.prune(NOW + 3 * DAY_MS, 2)).toBe(2)
  expect((await latest(store, 10)).map((one) => one.id)).toEqual(['x-3', 'x-2'])
  expect(await store.usage.prune(NOW + 3 * DAY_MS, 2)).toBe(1)
  expect(await store.usage.sums('key', 0, NOW)).toMatchObject([{ value: 'key-1', requests: 4, totalTokens: 120 }])
})

test('tokens of a key are counted from the start of a quarter hour, and those of an unknown key are none', async () => {
  const quarter = Math.floor(NOW / QUARTER_MS)
  await store.usage.append(
    [
      exchange('before', { time: quarter * QUARTER_MS - 1 }),
      exchange('first', { time: quarter * QUARTER_MS }),
      exchange('unknown', { promptTokens: null, completionTokens: 7 }),
      exchange('other', { keyId: 'key-2' }),
      exchange('keyless', { keyId: null }),
    ],
    [],
  )
  expect(await store.usage.tokensSince('key-1', quarter, quarter + 1)).toBe(37)
  expect(await store.usage.tokensSince('nobody', quarter, quarter + 1)).toBe(0)
  expect(await store.usage.firstQuarter()).toBe(quarter - 1)
})

const ZONES = [
  'UTC',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Antarctica/Troll',
  'America/St_Johns',
  'Pacific/Kiritimati',
  'Africa/Cairo',
]

// Now and then: a summer day, and minutes around changes of clocks in both directions.
const NOWS = [
  NOW,
  Date.UTC(2026, 9, 25, 1, 40),
  Date.UTC(2026, 2, 29, 1, 5),
  Date.UTC(2026, 10, 1, 6, 10),
  Date.UTC(2026, 3, 4, 15, 20),
]

const exchanges = (now: number) =>
  fc.array(
    fc.record({
      time: fc.oneof(
        fc.integer({ min: now - 30 * 3_600_000, max: now }),
        fc.integer({ min: now - 100 * DAY_MS, max: now }),
      ),
      keyId: fc.constantFrom('a', 'b', 'c', null),
      route: fc.constantFrom('/api/chat', '/api/tags'),
      origin: fc.constantFrom('https://example.org', 'null', null),
      model: fc.constantFrom('llama3', 'qwen', null),
      outcome: fc.constantFrom('ok', 'refused', 'cut_off'),
      promptTokens: fc.option(fc.nat(5000)),
      completionTokens: fc.option(fc.nat(5000)),
      metered: fc.boolean(),
      durationMs: fc.integer({ min: 1, max: 600_000 }),
    }),
    // Otherwise most of them would have at most ten.
    { maxLength: 60, size: 'max' },
  )

const world = fc.constantFrom(...NOWS).chain((now) =>
  fc.record({
    now: fc.constant(now),
    zone: fc.constantFrom(...ZONES),
    changes: exchanges(now),
    rolledUpBefore: fc.nat(50 * DAY_MS),
  }),
)

const ownerOf = (keyId: string) => ({ a: 'Ada', b: 'Ada' })[keyId] ?? ''

/** The same report without quarters, sums or pieces: each exchange by its own reading of the clock on the wall. */
function naive(all: Exchange[], by: Dimension, period: Period, zone: string, from: number) {
  const sums = new Map<string, number[]>()
  for (const one of all.filter((candidate) => candidate.time >= from)) {
    const value = valueOf(one, by)
    const place = `${bucketOf(one.time, period, zone)} ${value}`
    const [requests = 0, refused = 0, prompt = 0, completion = 0, unmetered = 0] = sums.get(place) ?? []
    sums.set(place, [
      requests + 1,
      refused + (one.outcome === 'refused' ? 1 : 0),
      prompt + (one.promptTokens ?? 0),
      completion + (one.completionTokens ?? 0),
      unmetered + (one.metered ? 0 : 1),
    ])
  }
  return sums
}

function byValue(all: Exchange[], by: Dimension, from: number) {
  const counts: Record<string, number> = {}
  for (const one of all.filter((candidate) => candidate.time >= from)) {
    const value = valueOf(one, by)
    counts[value] = (counts[value] ?? 0) + 1
  }
  return counts
}

function valueOf(one: Exchange, by: Dimension): string {
  const owner = ownerOf(one.keyId ?? '')
  return { model: one.model, key: one.keyId, origin: one.origin, route: one.route, owner }[by] ?? ''
}

/** The sketch against the sorted times themselves. */
function expectTimes(totals: TimedSums, all: Exchange[]) {
  const answered = all.filter((one) => one.outcome !== 'refused')
  const durations = answered.map((one) => one.durationMs).sort((one, other) => one - other)
  if (durations.length === 0) return expect(totals.durationMs).toBeNull()
  for (const [part, found] of [
    [0.5, totals.durationMs?.median ?? 0],
    [0.95, totals.durationMs?.p95 ?? 0],
  ] as const) {
    const exact = durations[Math.ceil(part * durations.length) - 1] ?? 0
    expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * TIMING_ERROR * 1.001)
  }
}

function bucketOf(time: number, period: Period, timeZone: string): string {
  // Swedish writes dates as ISO 8601 does.
  const wall = new Date(time).toLocaleString('sv-SE', { timeZone }).replace(' ', 'T')
  if (period === 'day') return `${wall.slice(0, 13)}:00`
  return wall.slice(0, period === 'all' ? 7 : 10)
}

test('every report equals a plain sum over the exchanges, in every time zone', async () => {
  await fc.assert(
    fc.asyncProperty(world, async ({ now, zone, changes, rolledUpBefore }) => {
      const fresh = await createTempDir()
      const own = await open(fresh.path)
      const usage = new UsageRoom({
        store: own.usage,
        use: useAlways,
        now: () => now,
        log: SILENT,
        labelOf: (by, value) => `${by}:${value}`,
        ownerOf,
        timeZone: () => zone,
        retentionDays: () => 30,
      })
      const all = changes.map((change, index) => exchange(`x-${index}`, change))
      // In batches, so that sums are added to and not only made.
      const [first, last] = [Math.ceil(all.length / 3), Math.ceil((2 * all.length) / 3)]
      for (const one of all.slice(0, first)) usage.record(one)
      await usage.flush()
      // Sums of blocks contain the usage up to a time. Later usage is added to them.
      while (await own.usage.rollUp(Math.floor((now - rolledUpBefore) / QUARTER_MS)));
      for (const one of all.slice(first, last)) usage.record(one)
      // A cached result for these must not be used for their later state.
      for (const period of PERIODS) for (const by of DIMENSIONS) await usage.report({ period, by })
      for (const one of all.slice(last)) usage.record(one)
      for (const period of PERIODS) {
        for (const by of DIMENSIONS) {
          const report = await usage.report({ period, by })
          const rows = report.rows.map((row) => [
            `${row.bucket} ${row.value}`,
            [row.requests, row.refused, row.promptTokens, row.completionTokens, row.unmetered],
          ])
          expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(naive(all, by, period, zone, report.from)))
          expect(rows).toHaveLength(new Set(rows.map(([place]) => place)).size)
          expect(report.rows.every((row) => report.buckets.includes(row.bucket))).toBe(true)
          expect(Object.fromEntries(report.values.map((one) => [one.value, one.requests]))).toEqual(
            byValue(all, by, report.from),
          )
          for (const sums of report.values) {
            expectTimes(
              sums,
              all.filter((one) => one.time >= report.from && valueOf(one, by) === sums.value),
            )
          }
          expectTimes(
            report.totals,
            all.filter((one) => one.time >= report.from),
          )
          expect(report.series.map((one) => one.bucket)).toEqual(report.buckets)
          expect(report.totals.requests).toBe(all.filter((one) => one.time >= report.from).length)
          expect(report.to).toBeGreaterThan(now)
        }
      }
      await own.close()
      await fresh.remove()
    }),
    { numRuns: 25 },
  )
})
