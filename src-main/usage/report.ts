import { QUARTER_MS, type ValueSums } from '#shared/stored.ts'
import type { Dimension, Period, UsageReport, UsageSums } from '#shared/usage.ts'
import { type Stretch, stretchesOf } from './periods.ts'
import type { UsageStore } from './ports.ts'

export interface ReportQuery {
  readonly period: Period
  readonly by: Dimension
  /** IANA name. */
  readonly timeZone: string
}

/** Sums by bucket and value. Rejects with a PersonError `time_zone_unknown`. */
export async function createReport(
  store: UsageStore,
  { period, by, timeZone }: ReportQuery,
  now: number,
  labelOf: (by: Dimension, value: string) => string,
): Promise<UsageReport> {
  const first = period === 'all' ? await store.firstQuarter() : undefined
  const stretches = stretchesOf(period, now, timeZone, first)
  const sums = await sumsByBucket(store, by, stretches)
  const rows = [...sums].flatMap(([bucket, values]) =>
    [...values.values()].sort(biggestFirst).map((row) => ({ bucket, ...row, label: labelOf(by, row.value) })),
  )
  return {
    period,
    by,
    timeZone,
    from: (stretches.at(0)?.from ?? 0) * QUARTER_MS,
    to: (stretches.at(-1)?.to ?? 0) * QUARTER_MS,
    buckets: [...sums.keys()],
    rows,
    totals: rows.reduce(add, NOTHING),
  }
}

async function sumsByBucket(store: UsageStore, by: Dimension, stretches: readonly Stretch[]) {
  const buckets = new Map<string, Map<string, ValueSums>>()
  for (const { bucket, from, to } of stretches) {
    const values = buckets.get(bucket) ?? new Map<string, ValueSums>()
    buckets.set(bucket, values)
    for (const row of await store.sums(by, from, to)) {
      values.set(row.value, { value: row.value, ...add(values.get(row.value) ?? NOTHING, row) })
    }
  }
  return buckets
}

const NOTHING: UsageSums = {
  requests: 0,
  refused: 0,
  promptTokens: 0,
  completionTokens: 0,
  totalTokens: 0,
  unmetered: 0,
}

function add(sums: UsageSums, more: UsageSums): UsageSums {
  return {
    requests: sums.requests + more.requests,
    refused: sums.refused + more.refused,
    promptTokens: sums.promptTokens + more.promptTokens,
    completionTokens: sums.completionTokens + more.completionTokens,
    totalTokens: sums.totalTokens + more.totalTokens,
    unmetered: sums.unmetered + more.unmetered,
  }
}

function biggestFirst(one: ValueSums, other: ValueSums): number {
  return other.totalTokens - one.totalTokens || other.requests - one.requests || (one.value < other.value ? -1 : 1)
}
