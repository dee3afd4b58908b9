import { expect, test } from 'vitest'
import { stretchesOf } from '../../../src-main/usage/periods.ts'
import { QUARTER_MS } from '../../../src-shared/keys/stored.ts'
import type { Period } from '../../../src-shared/usage/usage.ts'

/** Buckets with their start as ISO and their length in hours. */
function cut(period: Period, now: string, timeZone: string, first?: string) {
  const firstQuarter = first === undefined ? undefined : Date.parse(first) / QUARTER_MS
  return stretchesOf(period, Date.parse(now), timeZone, firstQuarter).map(({ bucket, from, to }) => ({
    bucket,
    from: new Date(from * QUARTER_MS).toISOString().slice(0, 16),
    hours: (to - from) / 4,
  }))
}

test('a day is this hour and the 23 before it', () => {
  const hours = cut('day', '2026-08-14T12:34:56Z', 'UTC')
  expect(hours).toHaveLength(24)
  expect(hours[0]).toEqual({ bucket: '2026-08-13T13:00', from: '2026-08-13T13:00', hours: 1 })
  expect(hours[23]).toEqual({ bucket: '2026-08-14T12:00', from: '2026-08-14T12:00', hours: 1 })
})

test.each([
  ['Asia/Kolkata', '2026-08-14T18:00', '2026-08-14T12:30'],
  ['Asia/Kathmandu', '2026-08-14T18:00', '2026-08-14T12:15'],
])('hours and days in %s begin at a half or a quarter', (zone, hour, start) => {
  expect(cut('day', '2026-08-14T12:34:56Z', zone).at(-1)).toEqual({ bucket: hour, from: start, hours: 1 })
  const minute = start.slice(14)
  for (const day of cut('week', '2026-08-14T12:34:56Z', zone)) {
    expect(day).toEqual({ bucket: day.bucket, from: `${previous(day.bucket)}T18:${minute}`, hours: 24 })
  }
})

function previous(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10)
}

test('a week is today and the six days before it', () => {
  const days = cut('week', '2026-03-02T00:00:00Z', 'UTC')
  expect(days.map((day) => day.bucket)).toEqual([
    '2026-02-24',
    '2026-02-25',
    '2026-02-26',
    '2026-02-27',
    '2026-02-28',
    '2026-03-01',
    '2026-03-02',
  ])
})

test('a month is today and the 29 days before it', () => {
  const days = cut('month', '2026-08-14T23:30:00Z', 'Europe/Berlin')
  expect(days).toHaveLength(30)
  expect(days[0]?.bucket).toBe('2026-07-17')
  expect(days[29]?.bucket).toBe('2026-08-15')
})

test.each([
  ['Europe/Berlin', '2026-03-29', 23],
  ['Europe/Berlin', '2026-10-25', 25],
  ['America/New_York', '2026-03-08', 23],
  ['America/New_York', '2026-11-01', 25],
  ['Australia/Lord_Howe', '2026-04-05', 24.5],
  ['Australia/Lord_Howe', '2026-10-04', 23.5],
  ['Africa/Cairo', '2026-04-24', 23],
  ['Antarctica/Troll', '2026-10-25', 26],
])('in %s the day %s has %d hours, and its neighbours 24', (zone, day, hours) => {
  const days = cut('week', `${day}T12:00:00Z`, zone)
  const index = days.findIndex((one) => one.bucket === day)
  expect(days[index]?.hours).toBe(hours)
  expect(days[index - 1]?.hours).toBe(24)
})

test('when clocks go back, the hour that comes twice is one bucket of two hours', () => {
  const hours = cut('day', '2026-10-25T05:10:00Z', 'Europe/Berlin')
  expect(hours.find((hour) => hour.bucket === '2026-10-25T02:00')).toEqual({
    bucket: '2026-10-25T02:00',
    from: '2026-10-25T00:00',
    hours: 2,
  })
  expect(new Set(hours.map((hour) => hour.bucket)).size).toBe(hours.length)
})

test('when clocks go forward, the hour that never was is no bucket', () => {
  const buckets = cut('day', '2026-03-29T05:10:00Z', 'Europe/Berlin').map((hour) => hour.bucket)
  expect(buckets).not.toContain('2026-03-29T02:00')
  expect(buckets).toContain('2026-03-29T01:00')
  expect(buckets).toContain('2026-03-29T03:00')
})

test('where clocks go back half an hour, that hour lasts an hour and a half', () => {
  const hours = cut('day', '2026-04-04T20:00:00Z', 'Australia/Lord_Howe')
  expect(hours.find((hour) => hour.bucket === '2026-04-05T01:00')?.hours).toBe(1.5)
})

test('a day that a zone skipped is no bucket, and nothing is counted twice', () => {
  const days = cut('week', '2011-12-31T20:00:00Z', 'Pacific/Apia')
  expect(days.map((day) => day.bucket)).toEqual([
    '2011-12-26',
    '2011-12-27',
    '2011-12-28',
    '2011-12-29',
    '2011-12-31',
    '2012-01-01',
  ])
  expect(days.every((day) => day.hours === 24)).toBe(true)
})

test('all time is every month since the first use', () => {
  const months = cut('all', '2026-02-10T00:00:00Z', 'America/New_York', '2025-12-01T03:00:00Z')
  expect(months).toEqual([
    { bucket: '2025-11', from: '2025-11-01T04:00', hours: 30 * 24 + 1 },
    { bucket: '2025-12', from: '2025-12-01T05:00', hours: 31 * 24 },
    { bucket: '2026-01', from: '2026-01-01T05:00', hours: 31 * 24 },
    { bucket: '2026-02', from: '2026-02-01T05:00', hours: 28 * 24 },
  ])
})

test('all time without any use is this month', () => {
  expect(cut('all', '2026-02-10T00:00:00Z', 'UTC').map((month) => month.bucket)).toEqual(['2026-02'])
})

const ZONES = Map.groupBy(Intl.supportedValuesOf('timeZone'), (zone) => zone.split('/')[0] ?? '')

test.each([...ZONES])('every period is cut without a gap in each zone of %s', (_, zones) => {
  const now = Date.UTC(2026, 9, 25, 3)
  const withGap = zones.flatMap((zone) =>
    (['day', 'week', 'month', 'all'] as const)
      .filter((period) => hasGap(stretchesOf(period, now, zone, Date.UTC(2026, 6, 1) / QUARTER_MS), now))
      .map((period) => `${period} in ${zone}`),
  )
  expect(withGap).toEqual([])
})

function hasGap(stretches: readonly { from: number; to: number }[], now: number): boolean {
  const ends = (stretches.at(-1)?.to ?? 0) * QUARTER_MS
  return ends <= now || stretches.some(({ from, to }, at) => to <= from || (at > 0 && from !== stretches[at - 1]?.to))
}

test('a time zone that does not exist is refused with a sentence', () => {
  expect(() => cut('day', '2026-08-14T12:00:00Z', 'Mars/Olympus')).toThrow(
    expect.objectContaining({ name: 'PersonError', code: 'time_zone_unknown' }),
  )
})
