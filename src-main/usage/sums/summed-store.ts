import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Exchange } from '#shared/gateway/exchange.ts'
import { QUARTER_MS } from '#shared/keys/stored.ts'
import { NO_TEXT, type NumberRange } from '#shared/usage/sum-rows.ts'
import type { KeyModelSums, SummedBy, ValueSums, ValueTimes } from '#shared/usage/usage-sums.ts'
import { Sequencer } from '../../base/sequencer.ts'
import type { Cursor, ExchangeReader, SumsReader, Traces, UsageStore } from '../ports.ts'
import { Coverage } from './coverage.ts'
import { OWN_BLOCKS } from './dimensions.ts'
import { Forgetting, type Step } from './forgetting.ts'
import { gatherAgain } from './gather-again.ts'
import { PendingSums } from './pending-sums.ts'
import type { UsageRows } from './ports.ts'
import { RememberedReports } from './remembered-reports.ts'
import { RollUp } from './roll-up.ts'
import { SumsWriter } from './sums-writer.ts'
import { UsageReports } from './usage-reports.ts'
import { useOf } from './use-of.ts'

/** The state of the sums in memory. Created again when the rows are replaced. */
interface Engine {
  readonly pending: PendingSums
  readonly writer: SumsWriter
  readonly coverage: Coverage
  readonly rollUp: RollUp
  readonly reports: UsageReports
  readonly remembered: RememberedReports
}

/**
 * Exchanges and their sums, on a store that only stores rows. Reads and writes of sums run one at a time, because some sums
 * wait in memory, and a report must count each exchange exactly once.
 */
export class SummedStore implements UsageStore {
  /** A transaction of the file blocks the gateway for a few milliseconds. */
  readonly mostAtOnce = 250
  readonly #rows: UsageRows
  readonly #sequencer = new Sequencer()
  #engine: Engine

  /** Also restores the sums that a crash has lost. */
  static async open(rows: UsageRows): Promise<SummedStore> {
    return new SummedStore(rows, await startEngine(rows))
  }

  private constructor(rows: UsageRows, engine: Engine) {
    this.#rows = rows
    this.#engine = engine
  }

  async reload(): Promise<void> {
    await this.#sequencer.queue(async () => {
      this.#engine = await startEngine(this.#rows)
    })
  }

  async append(kept: readonly Exchange[], summedOnly: readonly Exchange[]): Promise<void> {
    await this.#rows.ready('exchanges')
    await this.#sequencer.queue(async () => {
      const { writer, remembered } = this.#engine
      await writer.append(kept, summedOnly)
      remembered.changedAt(Math.min(earliestQuarter(kept), earliestQuarter(summedOnly)))
      // The batch itself is written. If this fails, the sums wait, and the next batch reports the cause.
      await writer.writeSurplus().catch(() => undefined)
    })
  }

  /** What `append` takes is in the file. */
  dropped(): number {
    return 0
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
    return report(this)
  }

  sumsInEach(by: SummedBy, ranges: readonly NumberRange[]): Promise<(readonly ValueSums[])[]> {
    return inTurns(ranges, ({ from, to }) => this.sums(by, from, to))
  }

  timesInEach(by: SummedBy, ranges: readonly NumberRange[]): Promise<(readonly ValueTimes[])[]> {
    return inTurns(ranges, ({ from, to }) => this.times(by, from, to))
  }

  timesOfKeysInEach(
    by: SummedBy,
    keyIds: readonly string[],
    ranges: readonly NumberRange[],
  ): Promise<(readonly ValueTimes[])[]> {
    return inTurns(ranges, ({ from, to }) => this.timesOfKeys(by, keyIds, from, to))
  }

  keyModelsInEach(ranges: readonly NumberRange[], keyId?: string): Promise<(readonly KeyModelSums[])[]> {
    return inTurns(ranges, ({ from, to }) => this.keyModels(from, to, keyId))
  }

  sums(by: SummedBy, from: number, to: number): Promise<readonly ValueSums[]> {
    return this.#sequencer.queue(() => this.#engine.remembered.sums(by, from, to))
  }

  times(by: SummedBy, from: number, to: number): Promise<readonly ValueTimes[]> {
    return this.#sequencer.queue(() => this.#engine.remembered.times(by, from, to))
  }

  timesOfKeys(by: SummedBy, keyIds: readonly string[], from: number, to: number): Promise<readonly ValueTimes[]> {
    return this.#sequencer.queue(async () => {
      const keys = await this.#numbersOf(keyIds)
      return keys.size === 0 ? [] : this.#engine.reports.timesOfKeys(by, keys, from, to)
    })
  }

  keyModels(from: number, to: number, keyId?: string): Promise<KeyModelSums[]> {
    return this.#sequencer.queue(async () => {
      const { reports } = this.#engine
      if (keyId === undefined) return reports.keyModels(from, to, undefined)
      const key = await this.#rows.numberOf(keyId)
      return key === undefined ? [] : reports.keyModels(from, to, key)
    })
  }

  firstQuarter(): Promise<number | undefined> {
    return this.#sequencer.queue(async () => {
      const first = Math.min(
        (await this.#rows.nextQuarter(0)) ?? Infinity,
        this.#engine.pending.firstQuarter() ?? Infinity,
      )
      return first === Infinity ? undefined : first
    })
  }

  tokensSince(keyId: string, quarter: number, upto: number): Promise<number> {
    return this.#sequencer.queue(async () => {
      const key = await this.#rows.numberOf(keyId)
      if (key === undefined) return 0
      const waiting = this.#engine.pending.within(quarter, upto).filter((sums) => sums.key === key)
      const rows = [...(await this.#rows.quarterCountsOfKey(key, quarter, upto)), ...waiting]
      return rows.reduce((sum, row) => sum + row.promptTokens + row.completionTokens, 0)
    })
  }

  rollUp(currentQuarter: number): Promise<boolean> {
    return this.#upkeep(async () => {
      const { writer, rollUp } = this.#engine
      return (await writer.writeBefore(currentQuarter)) || rollUp.step(currentQuarter)
    })
  }

  prune(before: number, limit: number): Promise<boolean> {
    return this.#upkeep(async () => {
      // After a crash, pending sums are computed from their exchanges, so they are written before these are deleted.
      while (await this.#engine.writer.writeBefore(Math.floor(before / QUARTER_MS) + 1));
      return (await this.#rows.pruneExchanges(before, limit)) === limit
    })
  }

  shrink(pages: number): Promise<boolean> {
    return this.#upkeep(() => this.#rows.shrink(pages))
  }

  async hasTraces(whose: Traces): Promise<boolean> {
    return (await this.#rows.numberOf(useOf(whose).text)) !== undefined
  }

  async forget(whose: Traces | 'everything', currentQuarter: number): Promise<number> {
    try {
      return await this.#rows.erase(() =>
        whose === 'everything' ? this.#forgetAll() : this.#forget(useOf(whose), currentQuarter),
      )
    } finally {
      await this.#sequencer.queue(async () => this.#engine.remembered.changedAt(0))
    }
  }

  settle(): Promise<void> {
    return this.#sequencer.queue(() => this.#engine.writer.writeAll())
  }

  async #forget({ by, text }: ReturnType<typeof useOf>, currentQuarter: number): Promise<number> {
    const number = await this.#rows.numberOf(text)
    if (number === undefined) return 0
    const of = { by, text: number }
    const step: Step<UsageRows> = async (work) => {
      const done = await this.#upkeep(() => work({ ...this.#engine, rows: this.#rows }))
      await nextTurn()
      return done
    }
    while (await step(() => this.#engine.writer.writeSome()));
    return new Forgetting(step).forget(of, currentQuarter, async (rows) => {
      // Drops sums that arrived meanwhile, because their text is deleted next.
      const { pending } = this.#engine
      pending.drop(pending.within(0, Infinity).filter((sums) => sums[by] === number))
      await rows.forgetText(number)
    })
  }

  /** The empty id stands for exchanges without a key. */
  async #numbersOf(keyIds: readonly string[]): Promise<ReadonlySet<number>> {
    const numbers = new Set<number>()
    for (const keyId of keyIds) {
      const number = keyId === '' ? NO_TEXT : await this.#rows.numberOf(keyId)
      if (number !== undefined) numbers.add(number)
    }
    return numbers
  }

  #forgetAll(): Promise<number> {
    return this.#sequencer.queue(async () => {
      const count = await this.#rows.forgetAll(this.#engine.writer.allWritten())
      this.#engine = await startEngine(this.#rows)
      return count
    })
  }

  /** Thousands of steps may follow one another, so each waits until the store is ready. */
  async #upkeep<T>(step: () => Promise<T>): Promise<T> {
    await this.#rows.ready('upkeep')
    return this.#sequencer.queue(step)
  }
}

/** One read after the other. The gateway runs after each. */
async function inTurns<T>(ranges: readonly NumberRange[], read: (range: NumberRange) => Promise<T>): Promise<T[]> {
  const found: T[] = []
  for (const range of ranges) {
    found.push(await read(range))
    await nextTurn()
  }
  return found
}

async function startEngine(rows: UsageRows): Promise<Engine> {
  const { written, highest, coverage: coverageRows } = await rows.state()
  const coverage = new Coverage(coverageRows, OWN_BLOCKS)
  const pending = new PendingSums()
  const next = Math.max(highest, written?.numbered ?? 0) + 1
  const writer = new SumsWriter({ rows, coverage, pending, next })
  if (written === undefined) await rows.apply({ written: writer.allWritten() })
  else await gatherAgain(written.upto, { rows, pending })
  const rollUp = new RollUp({ rows, coverage, dropsHours: true })
  const reports = new UsageReports({ rows, pending, coverage })
  return {
    pending,
    writer,
    coverage,
    rollUp,
    reports,
    remembered: new RememberedReports(reports, coverage.latest()),
  }
}

function earliestQuarter(exchanges: readonly Exchange[]): number {
  return exchanges.reduce((earliest, { time }) => Math.min(earliest, Math.floor(time / QUARTER_MS)), Infinity)
}
