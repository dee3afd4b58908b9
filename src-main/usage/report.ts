import { setImmediate as nextTurn } from 'node:timers/promises'
import { keysOf } from '#shared/gateway/exchange.ts'
import { QUARTER_MS } from '#shared/keys/stored.ts'
import { addSums, NOTHING } from '#shared/usage/add-sums.ts'
import type { NumberRange } from '#shared/usage/sum-rows.ts'
import type { Dimension, UsageQuery, UsageReport, UsageSums } from '#shared/usage/usage.ts'
import type { SummedBy, ValueSums, ValueTimes } from '#shared/usage/usage-sums.ts'
import { mergeTimes, timedSums } from './merge-times.ts'
import type { SumsReader } from './ports.ts'
import { cutTime, type TimeCut } from './time-cut.ts'

export interface ReportOptions {
  readonly store: SumsReader
  /** The name of a value in the UI. */
  readonly labelOf: (by: Dimension, value: string) => string
  /** The id of the person who uses the key now; empty for an unknown key. */
  readonly personOf: (keyId: string) => string
  /** Ids of the keys that a person uses now, also of deleted ones. */
  readonly keysOfPerson: (personId: string) => readonly string[]
}

/** Sums by bucket and value. Rejects with a PersonError `time_zone_unknown`. */
export async function createReport(
  { store, labelOf, personOf, keysOfPerson }: ReportOptions,
  query: UsageQuery & { timeZone: string },
  now: number,
): Promise<UsageReport> {
  const { by, timeZone } = query
  const cut = await cutTime(store, query, timeZone, now)
  const source = sourceOf(store, query, { personOf, keysOfPerson })
  const { values, all } = await sumBuckets(source, cut)
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
    previous: await sumPrevious(source, cut),
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

/** The sums of a report. In every range `from` is included and `to` is excluded. */
interface Source {
  /** By the values of the report's dimension, for each part of the report. */
  sums(parts: readonly NumberRange[]): Promise<readonly (readonly ValueSums[])[]>
  /** The same for the whole report, after its parts. */
  times(from: number, to: number): Promise<readonly ValueTimes[]>
  /** Over all values. */
  all(parts: readonly NumberRange[]): Promise<readonly (readonly ValueTimes[])[]>
}

function sourceOf(
  store: SumsReader,
  query: Pick<UsageQuery, 'by' | 'person' | 'key'>,
  persons: Pick<ReportOptions, 'personOf' | 'keysOfPerson'>,
): Source {
  const keys = wantedKeys(query, persons.keysOfPerson)
  const by = query.by === 'person' ? 'key' : query.by
  const source = keys === undefined ? sourceOfAll(store, by) : sourceOfKeys(store, by, keys)
  return query.by === 'person' ? byPerson(source, persons.personOf) : source
}

/** undefined for the usage of all keys. */
function wantedKeys({ person, key }: Pick<UsageQuery, 'person' | 'key'>, keysOfPerson: ReportOptions['keysOfPerson']) {
  const named = keysOf({ key })
  const theirs = person === undefined ? undefined : keysOfPerson(person)
  return named === undefined || theirs === undefined ? (named ?? theirs) : theirs.filter((id) => named.includes(id))
}

function sourceOfAll(store: SumsReader, by: SummedBy): Source {
  return {
    sums: (parts) => store.sumsInEach(by, parts),
    times: (from, to) => store.times(by, from, to),
    all: (parts) => store.timesInEach('all', parts),
  }
}

/** Nothing is cached, so the whole is added up from the parts. */
function sourceOfKeys(store: SumsReader, by: SummedBy, keys: readonly string[]): Source {
  let found: readonly (readonly ValueTimes[])[] = []
  return {
    async sums(parts) {
      found = await store.timesOfKeysInEach(by, keys, parts)
      return found
    },
    times: async () => Array.from(byValue(found.flat()), ([value, rows]) => mergeTimes(value, rows)),
    all: (parts) => store.timesOfKeysInEach('all', keys, parts),
  }
}

function byValue(rows: readonly ValueTimes[]): Map<string, ValueTimes[]> {
  return Map.groupBy(rows, ({ value }) => value)
}

/** Stored sums have no persons, because a key can get another person, who then also gets its past usage. */
function byPerson(ofKeys: Source, personOf: ReportOptions['personOf']): Source {
  const grouped = <R extends ValueSums>(rows: readonly R[]) => Map.groupBy(rows, (row) => personOf(row.value))
  return {
    ...ofKeys,
    sums: async (parts) =>
      (await ofKeys.sums(parts)).map((found) =>
        Array.from(grouped(found), ([value, rows]) => ({ ...rows.reduce<UsageSums>(addSums, NOTHING), value })),
      ),
    times: async (from, to) =>
      Array.from(grouped(await ofKeys.times(from, to)), ([value, rows]) => mergeTimes(value, rows)),
  }
}

/** A bucket can have two ranges. The gateway runs within and after each. */
async function sumBuckets(source: Source, { stretches }: TimeCut) {
  const values = new Map<string, Map<string, ValueSums>>()
  const all = new Map<string, ValueTimes>()
  const sums = await source.sums(stretches)
  const times = await source.all(stretches)
  for (const [at, { bucket }] of stretches.entries()) {
    const found = values.get(bucket) ?? new Map<string, ValueSums>()
    values.set(bucket, found)
    for (const row of sums[at] ?? []) {
      found.set(row.value, { value: row.value, ...addSums(found.get(row.value) ?? NOTHING, row) })
    }
    const before = all.get(bucket)
    all.set(bucket, mergeTimes('', [...(before === undefined ? [] : [before]), ...(times[at] ?? [])]))
    await nextTurn()
  }
  return { values, all }
}

async function sumPrevious(source: Source, { previous }: TimeCut): Promise<UsageReport['previous']> {
  if (previous === null) return null
  const times = mergeTimes('', (await source.all([previous])).flat())
  return { ...timedSums(times), from: previous.from * QUARTER_MS, to: previous.to * QUARTER_MS }
}

function biggestFirst(one: ValueSums, other: ValueSums): number {
  return other.totalTokens - one.totalTokens || other.requests - one.requests || (one.value < other.value ? -1 : 1)
}
