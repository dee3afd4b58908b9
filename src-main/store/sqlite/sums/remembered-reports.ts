import type { SummedBy, ValueSums, ValueTimes } from '#shared/usage/usage-sums.ts'
import { addTimes } from './sum-rows.ts'
import { createSumsMemory } from './sums-memory.ts'
import type { UsageReports } from './usage-reports.ts'

/** Reports whose past is read once, and the present each time. What they give is not to be changed. */
export interface RememberedReports {
  sums(by: SummedBy, from: number, to: number): readonly ValueSums[]
  times(by: SummedBy, from: number, to: number): readonly ValueTimes[]
  /** Forgets what ends after a quarter: something is added there, or taken away. */
  changedAt(quarter: number): void
}

/** Some 10 MB of each: a row with times has two sketches of 2 kB. */
const MOST_SUMS = 60_000
const MOST_TIMES = 2400

/** `over`: the quarter up to which nothing is being added any more. */
export function createRememberedReports(reports: UsageReports, over: number): RememberedReports {
  const sums = createSumsMemory<ValueSums>({ over, mostRows: MOST_SUMS })
  const times = createSumsMemory<ValueTimes>({ over, mostRows: MOST_TIMES })

  /** They are asked for over the whole of a report, which ends now. */
  function readTimes(by: SummedBy, from: number, to: number): readonly ValueTimes[] {
    const past = Math.min(to, times.over())
    if (past <= from) return reports.times(by, from, to)
    const known = times.of(by, { from, to: past }, () => reports.times(by, from, past))
    return past === to ? known : added(known, reports.times(by, past, to))
  }

  return {
    sums: (by, from, to) => sums.of(by, { from, to }, () => reports.sums(by, from, to)),
    times: readTimes,
    changedAt(quarter) {
      sums.changedAt(quarter)
      times.changedAt(quarter)
    },
  }
}

function added(known: readonly ValueTimes[], more: readonly ValueTimes[]): ValueTimes[] {
  const found = new Map(known.map((row) => [row.value, row]))
  for (const row of more) {
    const before = found.get(row.value)
    found.set(row.value, before === undefined ? row : addTimes(before, row))
  }
  return [...found.values()]
}
