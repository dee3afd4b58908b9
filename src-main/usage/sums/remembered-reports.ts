import type { SummedBy, ValueSums, ValueTimes } from '#shared/usage/usage-sums.ts'
import { addTimes } from './accumulator.ts'
import { SumsMemory } from './sums-memory.ts'
import type { UsageReports } from './usage-reports.ts'

/** Some 10 MB of each: a row with times has two sketches of 2 kB. */
const MOST_SUMS = 60_000
const MOST_TIMES = 2400

/** Reports whose past is read once, and the present each time. What they give is not to be changed. */
export class RememberedReports {
  readonly #reports: UsageReports
  readonly #sums: SumsMemory<ValueSums>
  readonly #times: SumsMemory<ValueTimes>

  /** `over`: the quarter up to which nothing is being added any more. */
  constructor(reports: UsageReports, over: number) {
    this.#reports = reports
    this.#sums = new SumsMemory<ValueSums>({ over, mostRows: MOST_SUMS })
    this.#times = new SumsMemory<ValueTimes>({ over, mostRows: MOST_TIMES })
  }

  sums(by: SummedBy, from: number, to: number): Promise<readonly ValueSums[]> {
    return this.#sums.of(by, { from, to }, () => this.#reports.sums(by, from, to))
  }

  /** They are asked for over the whole of a report, which ends now. */
  async times(by: SummedBy, from: number, to: number): Promise<readonly ValueTimes[]> {
    const past = Math.min(to, this.#times.over())
    if (past <= from) return this.#reports.times(by, from, to)
    const known = await this.#times.of(by, { from, to: past }, () => this.#reports.times(by, from, past))
    return past === to ? known : added(known, await this.#reports.times(by, past, to))
  }

  /** Forgets what ends after a quarter: something is added there, or taken away. */
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
