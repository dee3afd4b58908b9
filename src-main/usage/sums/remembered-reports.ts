import type { SummedBy, ValueSums, ValueTimes } from '#shared/usage/usage-sums.ts'
import { addTimes } from './accumulator.ts'
import { SumsMemory } from './sums-memory.ts'
import type { UsageReports } from './usage-reports.ts'

/** About 10 MB of each, because a row with times has two sketches of 2 kB. */
const MOST_SUMS = 60_000
const MOST_TIMES = 2400

/** Caches the past part of reports and reads the current part each time. Callers must not modify the results. */
export class RememberedReports {
  readonly #reports: UsageReports
  readonly #sums: SumsMemory<ValueSums>
  readonly #times: SumsMemory<ValueTimes>

  /** `over`: no more usage is added before this quarter. */
  constructor(reports: UsageReports, over: number) {
    this.#reports = reports
    this.#sums = new SumsMemory<ValueSums>({ over, mostRows: MOST_SUMS })
    this.#times = new SumsMemory<ValueTimes>({ over, mostRows: MOST_TIMES })
  }

  sums(by: SummedBy, from: number, to: number): Promise<readonly ValueSums[]> {
    return this.#sums.of(by, { from, to }, () => this.#reports.sums(by, from, to))
  }

  /** Requested for the whole period of a report, which ends now. */
  async times(by: SummedBy, from: number, to: number): Promise<readonly ValueTimes[]> {
    const past = Math.min(to, this.#times.over())
    if (past <= from) return this.#reports.times(by, from, to)
    const known = await this.#times.of(by, { from, to: past }, () => this.#reports.times(by, from, past))
    return past === to ? known : added(known, await this.#reports.times(by, past, to))
  }

  /** Drops cached sums that end after a quarter, because that quarter changed. */
  changedAt(quarter: number): void {
    this.#sums.changedAt(quarter)
    this.#times.changedAt(quarter)
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
