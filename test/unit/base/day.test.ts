import fc from 'fast-check'
import { expect, test } from 'vitest'
import { localDayOf } from '../../../src-main/base/day.ts'
import { moveTo } from '../../support/local-zone.ts'

const HOUR_MS = 3_600_000

test.each([
  ['UTC', '2026-08-03T00:00Z', '2026-08-04T00:00Z'],
  ['Asia/Kolkata', '2026-08-02T18:30Z', '2026-08-03T18:30Z'],
  ['Asia/Kathmandu', '2026-08-02T18:15Z', '2026-08-03T18:15Z'],
  ['Pacific/Kiritimati', '2026-08-03T10:00Z', '2026-08-04T10:00Z'],
  ['Pacific/Apia', '2026-08-02T11:00Z', '2026-08-03T11:00Z'],
])('a day in %s', (zone, from, to) => {
  moveTo(zone)
  expect(localDayOf(Date.parse(from))).toEqual({ from: Date.parse(from), to: Date.parse(to) })
  expect(localDayOf(Date.parse(to) - 1)).toEqual({ from: Date.parse(from), to: Date.parse(to) })
})

test.each([
  ['Europe/Berlin', '2026-03-29T12:00Z', 23],
  ['Europe/Berlin', '2026-10-25T12:00Z', 25],
  ['Australia/Lord_Howe', '2026-10-03T18:00Z', 23.5],
  // Midnight itself was skipped: the day began at one o'clock.
  ['America/Sao_Paulo', '2018-11-04T12:00Z', 23],
  ['Asia/Beirut', '2022-03-27T12:00Z', 23],
])('a day on which the clocks change in %s (%s) has %d hours', (zone, within, hours) => {
  moveTo(zone)
  const { from, to } = localDayOf(Date.parse(within))
  expect((to - from) / HOUR_MS).toBe(hours)
})

test('days follow one another without a gap, and each moment is in its own', () => {
  const zones = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'Africa/Cairo',
  )
  const moments = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2035, 0) })
  fc.assert(
    fc.property(zones, moments, (zone, now) => {
      moveTo(zone)
      const day = localDayOf(now)
      expect(day.from).toBeLessThanOrEqual(now)
      expect(day.to).toBeGreaterThan(now)
      expect(localDayOf(day.to).from).toBe(day.to)
      expect(localDayOf(day.from - 1).to).toBe(day.from)
    }),
  )
})
