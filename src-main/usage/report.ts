import { setImmediate as nextTurn } from 'node:timers/promises'
import { QUARTER_MS } from '#shared/keys/stored.ts'
import { addSums, NOTHING } from '#shared/usage/add-sums.ts'
import type { Dimension, UsageQuery, UsageReport, UsageSums } from '#shared/usage/usage.ts'
import type { ValueSums, ValueTimes } from '#shared/usage/usage-sums.ts'
import { mergeTimes, timedSums } from './merge-times.ts'
import type { UsageStore } from './ports.ts'
import { cutTime, type TimeCut } from './time-cut.ts'

export interface ReportOptions {
  readonly store: UsageStore
  /** The name of a value in the UI. */
  readonly labelOf: (by: Dimension, value: string) => string
  /** The person who uses the key now; empty if nobody is set. */
  readonly ownerOf: (keyId: string) => string
}

/** Sums by bucket and value. Rejects with a PersonError `time_zone_unknown`. */
export async function createReport(
  { store, labelOf, ownerOf }: ReportOptions,
  query: UsageQuery & { timeZone: string },
  now: number,
): Promise<UsageReport> {
  const { by, timeZone } = query
  const cut = await cutTime(store, query, timeZone, now)
  const source = sourceOf(store, by, ownerOf)
  const { values, all } = await sumBuckets(store, source, cut)
  const labelled = <R extends ValueSums>(row: R) => ({ label: labelOf(by, row.value), ...row })
  const rows: UsageReport['rows'] = []
  for (const [bucket, found] of values) {
    await eachInTurns([...found.values()].sort(biggestFirst), (row) => rows.push({ bucket, ...labelled(row) }))
  }
  const sumsOfValues: UsageReport['values'] = []
  await eachInTurns((await source.times(cut.from, cut.to)).toSorted(biggestFirst), (row) => {
    const { label, ...times } = labelled(row)
    sumsOfValues.push({ value: times.value, label, ...timedSums(times) })
  })
  return {
    period: cut.period,
    by,
    timeZone,
    from: cut.from * QUARTER_MS,
    to: cut.to * QUARTER_MS,
    buckets: [...values.keys()],
    rows,
    values: sumsOfValues,
    series: Array.from(all, ([bucket, times]) => ({ bucket, ...timedSums(times) })),
    totals: timedSums(mergeTimes('', all.values())),
    previous: await sumPrevious(store, cut),
  }
}

/** Rows per step. A step takes a millisecond or two, and the gateway runs after it. */
const ROWS_IN_A_TURN = 250

async function eachInTurns<T>(rows: readonly T[], take: (row: T) => void): Promise<void> {
  for (const [at, row] of rows.entries()) {
    take(row)
    if (at % ROWS_IN_A_TURN === ROWS_IN_A_TURN - 1) await nextTurn()
  }
}

/** The sums of a report by the values of the dimension. */
interface Source {
  sums(from: number, to: number): Promise<readonly ValueSums[]>
  times(from: number, to: number): Promise<readonly ValueTimes[]>
}

/** Stored sums have no owners, because a key can get another owner, who then also gets its past usage. */
function sourceOf(store: UsageStore, by: Dimension, ownerOf: (keyId: string) => string): Source {
  if (by !== 'owner')
    return { sums: (...range) => store.sums(by, ...range), times: (...range) => store.times(by, ...range) }
  const byOwner = <R extends ValueSums>(rows: readonly R[]) => Map.groupBy(rows, (row) => ownerOf(row.value))
  return {
    sums: async (...range) =>
      Array.from(byOwner(await store.sums('key', ...range)), ([value, rows]) => ({
        ...rows.reduce<UsageSums>(addSums, NOTHING),
        value,
      })),
    times: async (...range) =>
      Array.from(byOwner(await store.times('key', ...range)), ([value, rows]) => mergeTimes(value, rows)),
  }
}

/** A bucket can have two ranges. The gateway runs within and after each. */
async function sumBuckets(store: UsageStore, source: Source, { stretches }: TimeCut) {
  const values = new Map<string, Map<string, ValueSums>>()
  const all = new Map<string, ValueTimes>()
  for (const { bucket, from, to } of stretches) {
    const found = values.get(bucket) ?? new Map<string, ValueSums>()
    values.set(bucket, found)
    for (const row of await source.sums(from, to)) {
      found.set(row.value, { value: row.value, ...addSums(found.get(row.value) ?? NOTHING, row) })
    }
    await nextTurn()
    const before = all.get(bucket)
    all.set(
      bucket,
      mergeTimes('', [...(before === undefined ? [] : [before]), ...(await store.times('all', from, to))]),
    )
    await nextTurn()
  }
  return { values, all }
}

async function sumPrevious(store: UsageStore, { previous }: TimeCut): Promise<UsageReport['previous']> {
  if (previous === null) return null
  const times = mergeTimes('', await store.times('all', previous.from, previous.to))
  return { ...timedSums(times), from: previous.from * QUARTER_MS, to: previous.to * QUARTER_MS }
}

function biggestFirst(one: ValueSums, other: ValueSums): number {
  return other.totalTokens - one.totalTokens || other.requests - one.requests || (one.value < other.value ? -1 : 1)
}
