import { QUARTER_MS } from '#shared/keys/stored.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { Period } from '#shared/usage/usage.ts'
import { type WallClock, wallClock } from '../base/wall-clock.ts'

/** A range of quarter hours UTC (`from` included, `to` excluded) within one bucket of a report. */
export interface Stretch {
  /** Start of the bucket on the wall clock: `2026-08-01T13:00`, `2026-08-01` or `2026-08`. */
  readonly bucket: string
  readonly from: number
  readonly to: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
const QUARTERS_PER_HOUR = HOUR_MS / QUARTER_MS
const DAY_QUARTERS = DAY_MS / QUARTER_MS

/**
 * Divides a period that ends now into buckets, in order and without gaps: `day` is this hour and the 23 before it, `week`
 * and `month` are today and the 6 or 29 days before it, `all` is every month since the first usage, as in LocalAI's
 * reports. Days are those of the time zone: 23 or 25 hours long when the clocks change.
 *
 * When clocks go back, an hour occurs twice. Both occurrences belong to one bucket of that name. If they are not adjacent
 * (Antarctica/Troll goes back two hours), the bucket has two ranges.
 */
export function stretchesOf(
  period: Period,
  now: number,
  timeZone: string,
  firstQuarter: number | undefined,
): Stretch[] {
  const clock = clockOf(timeZone)
  switch (period) {
    case 'day':
      return lastHours(clock, now)
    case 'week':
      return days(clock, now, 7)
    case 'month':
      return days(clock, now, 30)
    case 'all':
      return months(clock, now, firstQuarter ?? Math.floor(now / QUARTER_MS))
  }
}

function clockOf(timeZone: string): WallClock {
  try {
    return wallClock(timeZone)
  } catch (cause) {
    const sentence = 'This time zone is not known; use a name such as Europe/Berlin.'
    throw new PersonError('time_zone_unknown', sentence, { cause })
  }
}

/** A range of more hours than this is divided into days, and one of more days than this into months. */
const MOST_HOURS = 48
const MOST_DAYS = 92

/** Divides any range (quarters, `to` excluded) into the finest of hours, days and months that gives few enough buckets. */
export function stretchesOfRange(from: number, to: number, timeZone: string): Stretch[] {
  const clock = clockOf(timeZone)
  const quarters = to - from
  if (quarters <= MOST_HOURS * QUARTERS_PER_HOUR) return hours(clock, from, to)
  const starts = quarters <= MOST_DAYS * DAY_QUARTERS ? dayStarts(clock, from, to) : monthStarts(clock, from, to)
  return between(clock, starts, quarters <= MOST_DAYS * DAY_QUARTERS ? 10 : 7)
    .map((stretch) => ({ ...stretch, from: Math.max(from, stretch.from), to: Math.min(to, stretch.to) }))
    .filter((stretch) => stretch.from < stretch.to)
}

function dayStarts(clock: WallClock, from: number, to: number): number[] {
  const first = Math.floor(clock(from * QUARTER_MS) / DAY_MS)
  const last = Math.floor(clock(to * QUARTER_MS) / DAY_MS)
  return Array.from({ length: last - first + 2 }, (_, index) => (first + index) * DAY_MS)
}

function monthStarts(clock: WallClock, from: number, to: number): number[] {
  const starts: number[] = []
  const end = clock(to * QUARTER_MS)
  for (let start = monthStart(clock(from * QUARTER_MS), 0); start <= end; start = monthStart(start, 1)) {
    starts.push(start)
  }
  return [...starts, monthStart(end, 1)]
}

function hourOf(clock: WallClock, quarter: number): number {
  return Math.floor(clock(quarter * QUARTER_MS) / HOUR_MS)
}

function lastHours(clock: WallClock, now: number): Stretch[] {
  const current = Math.floor(now / QUARTER_MS)
  let to = current + 1
  while (hourOf(clock, to) === hourOf(clock, current)) to += 1
  let from = to - 24 * QUARTERS_PER_HOUR
  while (hourOf(clock, from - 1) === hourOf(clock, from)) from -= 1
  return hours(clock, from, to)
}

function hours(clock: WallClock, from: number, to: number): Stretch[] {
  const stretches: Stretch[] = []
  for (let start = from, end = from + 1; end <= to; end++) {
    if (end < to && hourOf(clock, end) === hourOf(clock, start)) continue
    stretches.push({ bucket: iso(hourOf(clock, start) * HOUR_MS, 16), from: start, to: end })
    start = end
  }
  return stretches
}

function days(clock: WallClock, now: number, count: number): Stretch[] {
  const today = Math.floor(clock(now) / DAY_MS)
  const starts = Array.from({ length: count + 1 }, (_, index) => (today - count + 1 + index) * DAY_MS)
  return between(clock, starts, 10)
}

function months(clock: WallClock, now: number, firstQuarter: number): Stretch[] {
  return between(clock, monthStarts(clock, firstQuarter, Math.floor(now / QUARTER_MS)), 7)
}

function monthStart(wall: number, later: number): number {
  const date = new Date(wall)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later, 1)
}

/** `starts` are local midnights, one more than there are buckets. */
function between(clock: WallClock, starts: readonly number[], length: number): Stretch[] {
  const quarters = starts.map((start) => firstQuarterAt(clock, start))
  return starts.slice(0, -1).flatMap((start, index) => {
    const from = quarters[index] ?? 0
    const to = quarters[index + 1] ?? from
    // A day that a time zone skipped (Pacific/Apia, 2011-12-30) gets no bucket.
    return from < to ? [{ bucket: iso(start, length), from, to }] : []
  })
}

/**
 * The first quarter at which the local clock has reached or passed a midnight. If clocks go forward at midnight
 * (Africa/Cairo), no clock ever shows 00:00.
 */
function firstQuarterAt(clock: WallClock, midnight: number): number {
  const guess = Math.floor(midnight / QUARTER_MS)
  // Time zones are at most 14 hours from UTC, so the result is within a day of the guess.
  let low = guess - DAY_QUARTERS
  let high = guess + DAY_QUARTERS
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (clock(middle * QUARTER_MS) >= midnight) high = middle
    else low = middle + 1
  }
  return low
}

function iso(wall: number, length: number): string {
  return new Date(wall).toISOString().slice(0, length)
}
