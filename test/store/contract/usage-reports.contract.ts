import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { UsageStore } from '../../../src-main/usage/ports.ts'
import { UsageRoom } from '../../../src-main/usage/usage-room.ts'
import type { Exchange } from '../../../src-shared/gateway/exchange.ts'
import { QUARTER_MS } from '../../../src-shared/keys/stored.ts'
import {
  DIMENSIONS,
  type Dimension,
  PERIODS,
  type Period,
  TIMING_ERROR,
  type TimedSums,
  type UsageReport,
} from '../../../src-shared/usage/usage.ts'
import { useAlways } from '../../support/summed-store.ts'
import { exchange, NOW, SILENT } from '../fixtures.ts'
import type { OpenUsage, UsageSubject } from './usage-subjects.ts'

const DAY_MS = 86_400_000

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

/** Persons and keys of a report; a key without an id is none. */
const FILTERS = [
  { person: 'Ada' },
  { key: 'b' },
  { key: 'a,c,unknown' },
  { key: '' },
  { person: 'Ada', key: 'b,c' },
  { person: 'Nobody' },
]

const world = fc.constantFrom(...NOWS).chain((now) =>
  fc.record({
    now: fc.constant(now),
    zone: fc.constantFrom(...ZONES),
    changes: exchanges(now),
    rolledUpBefore: fc.nat(50 * DAY_MS),
    only: fc.constantFrom({}, ...FILTERS),
  }),
)

const personOf = (keyId: string) => ({ a: 'Ada', b: 'Ada' })[keyId] ?? ''

const keysOfPerson = (person: string) => (person === 'Ada' ? ['a', 'b'] : [])

function isOf(one: Exchange, { person, key }: { person?: string; key?: string }): boolean {
  const isOfPerson = person === undefined || personOf(one.keyId ?? '') === person
  return isOfPerson && (key === undefined || key.split(',').includes(one.keyId ?? ''))
}

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
  const person = personOf(one.keyId ?? '')
  return { model: one.model, key: one.keyId, origin: one.origin, route: one.route, person }[by] ?? ''
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

function roomOn(store: UsageStore, now: number, zone: string): UsageRoom {
  return new UsageRoom({
    store,
    use: useAlways,
    now: () => now,
    log: SILENT,
    labelOf: (by, value) => `${by}:${value}`,
    personOf,
    keysOfPerson,
    timeZone: () => zone,
    retentionDays: () => 30,
  })
}

async function record(room: UsageRoom, exchanges: readonly Exchange[]): Promise<void> {
  for (const one of exchanges) room.record(one)
  await room.flush()
}

/** `all` is what the report is about. */
function expectReport(report: UsageReport, all: Exchange[], { by, period, zone }: Asked): void {
  const within = all.filter((one) => one.time >= report.from)
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
      within.filter((one) => valueOf(one, by) === sums.value),
    )
  }
  expectTimes(report.totals, within)
  expect(report.series.map((one) => one.bucket)).toEqual(report.buckets)
  expect(report.totals.requests).toBe(within.length)
}

interface Asked {
  readonly by: Dimension
  readonly period: Period
  readonly zone: string
}

/** Reports of what three gateways recorded. */
export function reportContract(subject: UsageSubject): void {
  let usage: OpenUsage
  beforeEach(async () => {
    usage = await subject.open()
  })
  afterEach(() => usage.close())

  test('the usage of many keys has none of the keys between them', async () => {
    const day = Math.floor(NOW / QUARTER_MS) + 96
    const ids = Array.from({ length: 24 }, (_, number) => `key-${number}`)
    const wanted = ids.filter((_, number) => number % 2 === 0)
    const [first, second, last] = usage.gateways()
    for (const [round, gateway] of [
      ['first', first],
      ['second', second],
    ] as const) {
      await gateway.append(
        ids.map((keyId) => exchange(`${round}-${keyId}`, { keyId, origin: `https://${keyId}.example` })),
        [],
      )
      // The second round waits while the first is in blocks.
      while (round === 'first' && (await first.rollUp(day)));
    }
    for (const [by, values] of [
      ['key', wanted],
      ['origin', wanted.map((keyId) => `https://${keyId}.example`)],
      ['model', ['llama3']],
      ['all', ['']],
    ] as const) {
      const rows = await last.timesOfKeys(by, [...wanted, 'unknown'], 0, day)
      expect(rows.map(({ value }) => value).sort()).toEqual([...values].sort())
      expect(rows.reduce((sum, { requests }) => sum + requests, 0)).toBe(2 * wanted.length)
    }
  })

  test('every report equals a plain sum over the exchanges, in every time zone, also of one person and of some keys', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ now, zone, changes, rolledUpBefore, only }) => {
        const fresh = await subject.open()
        const stores = fresh.gateways()
        const [first, second, third] = [
          roomOn(stores[0], now, zone),
          roomOn(stores[1], now, zone),
          roomOn(stores[2], now, zone),
        ]
        const everything = changes.map((change, index) => exchange(`x-${index}`, change))
        // In batches, so that sums are added to and not only made.
        const [one, two] = [Math.ceil(everything.length / 3), Math.ceil((2 * everything.length) / 3)]
        await record(first, everything.slice(0, one))
        // Sums of blocks contain the usage up to a time. Later usage is added to them.
        while (await stores[0].rollUp(Math.floor((now - rolledUpBefore) / QUARTER_MS)));
        await record(second, everything.slice(one, two))
        const asked = PERIODS.flatMap((period) => DIMENSIONS.map((by) => ({ period, by, zone })))
        // A cached result for these must not be used for their later state.
        for (const { period, by } of asked) await third.report({ period, by, ...only })
        for (const late of everything.slice(two)) third.record(late)
        const all = everything.filter((exchanged) => isOf(exchanged, only))
        for (const { period, by } of asked) {
          const report = await third.report({ period, by, ...only })
          expectReport(report, all, { by, period, zone })
          expect(report.to).toBeGreaterThan(now)
        }
        await fresh.close()
      }),
      { numRuns: subject.runs(25) },
    )
  })
}
