import { QUARTER_MS } from '#shared/keys/stored.ts'
import type { UsageQuery, UsageReport } from '#shared/usage/usage.ts'
import { type Stretch, stretchesOf, stretchesOfRange } from './periods.ts'
import type { SumsReader } from './ports.ts'

/** The period of a report and the earlier one for comparison. In quarters; `to` is excluded. */
export interface TimeCut {
  readonly period: UsageReport['period']
  readonly stretches: readonly Stretch[]
  readonly from: number
  readonly to: number
  readonly previous: { readonly from: number; readonly to: number } | null
}

/** Rejects with a PersonError `time_zone_unknown`. */
export async function cutTime(
  store: Pick<SumsReader, 'firstQuarter'>,
  { period, from, to }: Pick<UsageQuery, 'period' | 'from' | 'to'>,
  timeZone: string,
  now: number,
): Promise<TimeCut> {
  if (from !== undefined) return cutRange(from, to ?? now, timeZone)
  const first = period === 'all' ? await firstBefore(now, store) : undefined
  const stretches = stretchesOf(period, now, timeZone, first)
  const begin = stretches.at(0)?.from ?? 0
  const cut = { period, stretches, from: begin, to: stretches.at(-1)?.to ?? 0 }
  if (period === 'all') return { ...cut, previous: null }
  const before = stretchesOf(period, begin * QUARTER_MS - 1, timeZone, undefined).at(0)?.from ?? 0
  // The elapsed part of this period is compared with the same part of the previous one: half a day with half a day.
  return { ...cut, previous: { from: before, to: Math.min(begin, before + Math.floor(now / QUARTER_MS) + 1 - begin) } }
}

/** A row from a wrong clock must not cause an endless number of months. */
async function firstBefore(now: number, store: Pick<SumsReader, 'firstQuarter'>): Promise<number> {
  const current = Math.floor(now / QUARTER_MS)
  return Math.min(current, (await store.firstQuarter()) ?? current)
}

function cutRange(fromMs: number, toMs: number, timeZone: string): TimeCut {
  const from = Math.floor(fromMs / QUARTER_MS)
  const to = Math.max(from + 1, Math.ceil(toMs / QUARTER_MS))
  const previous = { from: Math.max(0, from - (to - from)), to: from }
  return { period: 'range', stretches: stretchesOfRange(from, to, timeZone), from, to, previous }
}
