import type { Exchange, ExchangeFilter } from '#shared/gateway/exchange.ts'
import { QUARTER_MS } from '#shared/keys/stored.ts'
import type { Dimension, UsageQuery, UsageReport } from '#shared/usage/usage.ts'
import type { Log } from '../base/log.ts'
import { type ExchangeExport, exportExchanges, fits, type PageQuery, readPage } from './exchange-pages.ts'
import { type OwnUsage, type OwnUsageQuery, readOwnUsage } from './own-usage.ts'
import type { Traces, UsageStore, UseStore } from './ports.ts'
import { createReport } from './report.ts'
import { createStrangerLimits, type Recorded } from './stranger-limits.ts'
import { createUpkeep, type Upkeep } from './upkeep.ts'
import { createWriteQueue, type WriteQueue } from './write-queue.ts'

export interface UsageOptions {
  readonly store: UsageStore
  readonly use: UseStore
  readonly now: () => number
  readonly log: Pick<Log, 'warn'>
  /** What the UI calls a value: a key's name, a site's label. The value is `` where the exchanges had none. */
  readonly labelOf: (by: Dimension, value: string) => string
  /** Whose key it is; `` (empty) for nobody's. */
  readonly ownerOf: (keyId: string) => string
  /** IANA name of the zone in which reports are cut unless they ask for another. */
  readonly timeZone: () => string
  /** Told of each exchange whose row is kept, as it is recorded. Must return at once and not throw. */
  readonly onRecorded?: (exchange: Exchange) => void
  /** How long raw exchanges are kept. Sums are kept for ever. */
  readonly retentionDays: () => number
}

export interface Usage {
  /** Returns at once: the exchange is written within half a second. */
  record(exchange: Exchange): void
  /** Includes what is not written yet. Rejects with a PersonError `time_zone_unknown`. */
  report(query: UsageQuery): Promise<UsageReport>
  /** What a program may read of its own use, or of all. Rejects with a PersonError `time_zone_unknown`. */
  ownUsage(query: OwnUsageQuery): Promise<OwnUsage>
  /** Newest first, those not written yet included. */
  page(query: PageQuery): Promise<Exchange[]>
  /** Oldest first. */
  export(filter: ExchangeFilter): Promise<ExchangeExport>
  /** Tokens of a key since a moment (ms UTC, rounded down to its quarter hour), those not written yet included. */
  tokensSince(keyId: string, since: number): Promise<number>
  /** Writes what waits. Never rejects. */
  flush(): Promise<void>
  /** Exchanges that were lost since the start because they could not be written. */
  dropped(): number
  /** Whether there is any use of a key or an origin. */
  hasTraces(whose: Traces): Promise<boolean>
  /** Deletes all use of a key or an origin, or all there is; resolves to how many exchanges went. */
  forget(whose: Traces | 'everything'): Promise<number>
  /** Begins to write, and to delete what is past its days. */
  start(): void
  /**
   * Other rows are about to be put into the store: writes what waits. What is recorded from then on goes into the others.
   * Both are to be called when nothing runs through `use`.
   */
  beginReplacement(): Promise<void>
  /** The rows are there: reads them anew. When it rejects, it is to be called again. */
  endReplacement(): Promise<void>
  /** Ends what the room does by itself; resolves when the step under way is done. Not within `use`. */
  stop(): Promise<void>
  /** Stops, and writes what waits, once. */
  close(): Promise<void>
}

const FLUSH_EVERY_MS = 500
const FLUSH_AT = 1000

export function createUsage(options: UsageOptions): Usage {
  return new UsageRoom(options)
}

class UsageRoom implements Usage {
  readonly #options: UsageOptions
  readonly #queue: WriteQueue
  readonly #upkeep: Upkeep
  readonly #limitStrangers = createStrangerLimits()
  #writes = false
  #timer: NodeJS.Timeout | undefined
  /** How often other rows have been put into the store. */
  #replacements = 0

  constructor(options: UsageOptions) {
    const { store, now, log } = options
    const write = (batch: readonly Recorded[]) => store.append(exchangesOf(batch, true), exchangesOf(batch, false))
    this.#options = options
    this.#queue = createWriteQueue({ write, now, log })
    this.#upkeep = createUpkeep(options)
  }

  record(exchange: Exchange): void {
    const recorded = this.#limitStrangers(exchange)
    this.#queue.push(recorded)
    this.#flushSoon()
    if (this.#queue.waiting().length === FLUSH_AT) setImmediate(() => void this.#flush())
    if (recorded.kept) this.#options.onRecorded?.(recorded.exchange)
  }

  report({ timeZone = this.#options.timeZone(), ...query }: UsageQuery): Promise<UsageReport> {
    return this.#whenFlushed(() => createReport(this.#options, { ...query, timeZone }, this.#options.now()))
  }

  ownUsage(query: OwnUsageQuery): Promise<OwnUsage> {
    return this.#whenFlushed(() => readOwnUsage(this.#options, query, this.#options.timeZone(), this.#options.now()))
  }

  page(query: PageQuery): Promise<Exchange[]> {
    return this.#whenFlushed(async () => {
      const waiting = exchangesOf(this.#queue.waiting(), true).filter((one) => fits(one, query))
      const written = await readPage(this.#options.store, query)
      return [...waiting.reverse(), ...written].sort((one, other) => other.time - one.time).slice(0, query.limit)
    })
  }

  async export(filter: ExchangeFilter): Promise<ExchangeExport> {
    const { use, store } = this.#options
    await use(() => this.#queue.flush())
    return exportExchanges(this.#asItIs(store), filter)
  }

  async tokensSince(keyId: string, since: number): Promise<number> {
    const { store, now } = this.#options
    const quarter = Math.floor(since / QUARTER_MS)
    const written = await store.tokensSince(keyId, quarter, Math.floor(now() / QUARTER_MS) + 1)
    const waiting = exchangesOf(this.#queue.waiting(), true).filter(
      (one) => one.keyId === keyId && one.time >= quarter * QUARTER_MS,
    )
    return waiting.reduce((sum, one) => sum + (one.promptTokens ?? 0) + (one.completionTokens ?? 0), written)
  }

  hasTraces(whose: Traces): Promise<boolean> {
    return this.#whenFlushed(() => this.#options.store.hasTraces(whose))
  }

  forget(whose: Traces | 'everything'): Promise<number> {
    const { store, now } = this.#options
    return this.#whenFlushed(() => store.forget(whose, Math.floor(now() / QUARTER_MS)))
  }

  flush(): Promise<void> {
    return this.#queue.flush()
  }

  dropped(): number {
    return this.#queue.dropped()
  }

  start(): void {
    this.#writes = true
    if (this.#queue.waiting().length > 0) this.#flushSoon()
    this.#upkeep.start()
  }

  async beginReplacement(): Promise<void> {
    await this.#queue.flush()
    await this.#settle()
  }

  async endReplacement(): Promise<void> {
    this.#replacements += 1
    await this.#options.store.reload()
  }

  async stop(): Promise<void> {
    this.#writes = false
    clearTimeout(this.#timer)
    await this.#upkeep.stop()
  }

  async close(): Promise<void> {
    await this.stop()
    await this.#queue.flush()
    this.#queue.abandon()
    await this.#settle()
  }

  #whenFlushed<T>(work: () => Promise<T>): Promise<T> {
    return this.#options.use(async () => {
      await this.#queue.flush()
      return work()
    })
  }

  /** Only while something waits: a timer that always ran would keep an idle process awake. */
  #flushSoon(): void {
    if (!this.#writes || this.#timer !== undefined) return
    this.#timer = setTimeout(() => void this.#flushInTurn(), FLUSH_EVERY_MS).unref()
  }

  /** Where there is no store any more, what waits is lost with it. */
  async #flush(): Promise<void> {
    await this.#options.use(() => this.#queue.flush()).catch(() => undefined)
  }

  async #flushInTurn(): Promise<void> {
    await this.#flush()
    this.#timer = undefined
    // The disk refused, or more has come meanwhile.
    if (this.#queue.waiting().length > 0) this.#flushSoon()
  }

  async #settle(): Promise<void> {
    const { store, log } = this.#options
    await store.settle().catch((err: unknown) => log.warn({ err }, 'Sums are made anew at the next start'))
  }

  /** The store in steps that others may come between; but never other rows than those of the first step. */
  #asItIs(store: UsageStore): Pick<UsageStore, 'walk' | 'countStep'> {
    const begun = this.#replacements
    const step = <T>(read: () => Promise<T>): Promise<T> =>
      this.#options.use(async () => {
        if (this.#replacements !== begun) throw new Error('a backup was put in place during the export')
        return read()
      })
    return {
      walk: (options) => step(() => store.walk(options)),
      countStep: (options) => step(() => store.countStep(options)),
    }
  }
}

function exchangesOf(batch: readonly Recorded[], kept: boolean): Exchange[] {
  return batch.filter((recorded) => recorded.kept === kept).map((recorded) => recorded.exchange)
}
