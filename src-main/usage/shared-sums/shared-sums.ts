import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Exchange } from '#shared/gateway/exchange.ts'
import { QUARTER_MS } from '#shared/keys/stored.ts'
import type { NumberRange, UseOf } from '#shared/usage/sum-rows.ts'
import type { KeyModelSums, SummedBy, ValueSums, ValueTimes } from '#shared/usage/usage-sums.ts'
import type { Cursor, ExchangeReader, SumsReader, Traces, UsageStore } from '../ports.ts'
import { UsageSpool, type UsageSpoolOptions } from '../spool/usage-spool.ts'
import { Coverage } from '../sums/coverage.ts'
import { SHARED_BLOCKS } from '../sums/dimensions.ts'
import { Forgetting, type Step } from '../sums/forgetting.ts'
import { RollUp } from '../sums/roll-up.ts'
import { useOf } from '../sums/use-of.ts'
import { BatchWriter } from './batch-writer.ts'
import { moveLive } from './moving.ts'
import type { SharedRows, UpkeepRows } from './ports.ts'
import { Snapshot } from './snapshot.ts'

export interface SharedSumsOptions extends Omit<UsageSpoolOptions, 'write' | 'writeLate'> {
  readonly rows: SharedRows
  /** True if this gateway does the upkeep for all. */
  readonly isLeader: () => boolean
}

const DAY_MS = 86_400_000
/** Days for which the store is prepared: this one and the next. */
const DAYS_AHEAD = [0, DAY_MS]

/**
 * Exchanges and their sums on a store that other gateways write, too. Each gateway adds to rows of its own (`live`), and the leader
 * moves these to the quarters and rolls them up. A report reads all of it in one transaction.
 */
export class SharedSums implements UsageStore {
  /** A transaction costs the gateway about a millisecond, and nothing waits for the database. */
  readonly mostAtOnce = 1000
  readonly #rows: SharedRows
  readonly #spool: UsageSpool
  readonly #isLeader: () => boolean

  constructor(options: SharedSumsOptions) {
    const { rows, isLeader } = options
    const writer = new BatchWriter(rows)
    this.#rows = rows
    this.#spool = new UsageSpool({
      ...options,
      write: (batch) => writer.write(batch),
      writeLate: (batch) => writer.writeLate(batch),
    })
    this.#isLeader = isLeader
  }

  append(kept: readonly Exchange[], summedOnly: readonly Exchange[]): Promise<void> {
    return this.#spool.append(kept, summedOnly)
  }

  dropped(): number {
    return this.#spool.dropped()
  }

  /** Writes what waits on the disk. Call it when the database is back. Never rejects. */
  replay(): Promise<void> {
    return this.#spool.replay()
  }

  /** Call it before the store is closed. What waits on the disk stays there. */
  close(): Promise<void> {
    return this.#spool.close()
  }

  walk(step: Parameters<ExchangeReader['walk']>[0]): ReturnType<ExchangeReader['walk']> {
    return this.#rows.walk(step)
  }

  countStep(step: Parameters<ExchangeReader['countStep']>[0]): ReturnType<ExchangeReader['countStep']> {
    return this.#rows.countStep(step)
  }

  placesStep(step: Parameters<ExchangeReader['placesStep']>[0]): ReturnType<ExchangeReader['placesStep']> {
    return this.#rows.placesStep(step)
  }

  cursorOf(time: number, id: string): Promise<Cursor> {
    return this.#rows.cursorOf(time, id)
  }

  read<T>(report: (sums: SumsReader) => Promise<T>): Promise<T> {
    return this.#read(report)
  }

  sums(by: SummedBy, from: number, to: number): Promise<readonly ValueSums[]> {
    return this.#read((sums) => sums.sums(by, from, to))
  }

  times(by: SummedBy, from: number, to: number): Promise<readonly ValueTimes[]> {
    return this.#read((sums) => sums.times(by, from, to))
  }

  timesOfKeys(by: SummedBy, keyIds: readonly string[], from: number, to: number): Promise<readonly ValueTimes[]> {
    return this.#read((sums) => sums.timesOfKeys(by, keyIds, from, to))
  }

  keyModels(from: number, to: number, keyId?: string): Promise<KeyModelSums[]> {
    return this.#read((sums) => sums.keyModels(from, to, keyId))
  }

  sumsInEach(by: SummedBy, ranges: readonly NumberRange[]): Promise<(readonly ValueSums[])[]> {
    return this.#read((sums) => sums.sumsInEach(by, ranges))
  }

  timesInEach(by: SummedBy, ranges: readonly NumberRange[]): Promise<(readonly ValueTimes[])[]> {
    return this.#read((sums) => sums.timesInEach(by, ranges))
  }

  timesOfKeysInEach(
    by: SummedBy,
    keyIds: readonly string[],
    ranges: readonly NumberRange[],
  ): Promise<(readonly ValueTimes[])[]> {
    return this.#read((sums) => sums.timesOfKeysInEach(by, keyIds, ranges))
  }

  keyModelsInEach(ranges: readonly NumberRange[], keyId?: string): Promise<(readonly KeyModelSums[])[]> {
    return this.#read((sums) => sums.keyModelsInEach(ranges, keyId))
  }

  firstQuarter(): Promise<number | undefined> {
    return this.#read((sums) => sums.firstQuarter())
  }

  tokensSince(keyId: string, quarter: number, upto: number): Promise<number> {
    return this.#read((sums) => sums.tokensSince(keyId, quarter, upto))
  }

  async rollUp(currentQuarter: number): Promise<boolean> {
    if (!this.#isLeader()) return false
    await this.#rows.makeDays(DAYS_AHEAD.map((ms) => currentQuarter * QUARTER_MS + ms))
    const more = await this.#rows.upkeep(async (rows) => {
      const coverage = new Coverage(rows.coverage, SHARED_BLOCKS)
      return (await moveLive(rows, coverage, currentQuarter)) || rollUpOn(rows, coverage).step(currentQuarter)
    })
    if (!more) for (const of of await this.#rows.abandoned()) await this.#forget(of, currentQuarter)
    return more
  }

  async prune(before: number): Promise<boolean> {
    return this.#isLeader() && this.#rows.dropDay(before)
  }

  /** PostgreSQL reuses the room of deleted rows itself. */
  async shrink(): Promise<boolean> {
    return false
  }

  async hasTraces(whose: Traces): Promise<boolean> {
    const { text } = useOf(whose)
    return this.#rows.read(async (rows) => (await rows.numbersOf([text])).has(text))
  }

  async forget(whose: Traces | 'everything', currentQuarter: number): Promise<number> {
    // What is written later would not be forgotten.
    await this.#spool.drain()
    if (whose === 'everything') return this.#rows.upkeep((rows) => rows.forgetAll())
    const { by, text } = useOf(whose)
    return this.#rows.whileForgetting(async () => {
      const number = await this.#rows.upkeep((rows) => rows.beginForgetting(by, text))
      return number === undefined ? 0 : this.#forget({ by, text: number }, currentQuarter)
    })
  }

  /** Nothing waits in memory, and nothing replaces the rows of a shared database. */
  async reload(): Promise<void> {}
  async settle(): Promise<void> {}

  #read<T>(work: (sums: Snapshot) => Promise<T>): Promise<T> {
    return this.#rows.read((rows) => work(new Snapshot(rows)))
  }

  #forget(of: UseOf, currentQuarter: number): Promise<number> {
    const step: Step<UpkeepRows> = async (work) => {
      const done = await this.#rows.upkeep((rows) => {
        const coverage = new Coverage(rows.coverage, SHARED_BLOCKS)
        return work({ rows, coverage, rollUp: rollUpOn(rows, coverage) })
      })
      await nextTurn()
      return done
    }
    return new Forgetting(step).forget(of, currentQuarter, (rows) => rows.endForgetting(of.text))
  }
}

/** Months of other time zones begin within a day. Read from quarters, a year of much use would take longer than the rest of a report. */
function rollUpOn(rows: UpkeepRows, coverage: Coverage): RollUp {
  return new RollUp({ rows, coverage, dropsHours: false })
}
