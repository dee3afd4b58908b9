import type { Exchange, ExchangeFilter } from '#shared/gateway/exchange.ts'
import type { KeyPlaces } from '#shared/keys/key-use.ts'
import { QUARTER_MS } from '#shared/keys/stored.ts'
import type { Dimension, UsageQuery, UsageReport } from '#shared/usage/usage.ts'
import type { Log } from '../base/log.ts'
import { type ExchangeExport, exportExchanges, fits, type PageQuery, readPage } from './exchange-pages.ts'
import { readKeyPlaces } from './key-places.ts'
import { type OwnUsage, type OwnUsageQuery, readOwnUsage } from './own-usage.ts'
import type { Traces, UsageStore, UseStore } from './ports.ts'
import { createReport } from './report.ts'
import { type Recorded, StrangerLimits } from './stranger-limits.ts'
import { Upkeep } from './upkeep.ts'
import { WriteQueue } from './write-queue.ts'

export interface UsageOptions {
  readonly store: UsageStore
  readonly use: UseStore
  readonly now: () => number
  readonly log: Pick<Log, 'warn'>
  /** The name of a value in the UI: a key's name, a site's label. The value is empty for exchanges without one. */
  readonly labelOf: (by: Dimension, value: string) => string
  /** The id of the person who uses a key; empty for an unknown key. */
  readonly personOf: (keyId: string) => string
  /** Ids of the keys that a person uses now, also of deleted ones. */
  readonly keysOfPerson: (personId: string) => readonly string[]
  /** IANA name of the default time zone of reports. */
  readonly timeZone: () => string
  /** Called for each exchange whose row is kept, when it is recorded. Must return at once and not throw. */
  readonly onRecorded?: (exchange: Exchange) => void
  /** How long raw exchanges are kept. Sums are kept forever. */
  readonly retentionDays: () => number
}

const FLUSH_EVERY_MS = 500
const FLUSH_AT = 1000

/** Records exchanges, keeps their sums and reports them. Results include exchanges that are not written yet. */
export class UsageRoom {
  readonly #options: UsageOptions
  readonly #queue: WriteQueue
  readonly #upkeep: Upkeep
  readonly #strangers = new StrangerLimits()
  #writes = false
  #timer: NodeJS.Timeout | undefined
  /** How many times the rows of the store were replaced. */
  #replacements = 0

  constructor(options: UsageOptions) {
    const { store, now, log } = options
    const write = (batch: readonly Recorded[]) => store.append(exchangesOf(batch, true), exchangesOf(batch, false))
    this.#options = options
    this.#queue = new WriteQueue({ write, most: store.mostAtOnce, now, log })
    this.#upkeep = new Upkeep(options)
  }

  /** Returns at once. The exchange is written within half a second. */
  record(exchange: Exchange): void {
    const recorded = this.#strangers.limit(exchange)
    this.#queue.push(recorded)
    this.#flushSoon()
    if (this.#queue.waiting().length === FLUSH_AT) setImmediate(() => void this.#flush())
    if (recorded.kept) this.#options.onRecorded?.(recorded.exchange)
  }

  /** Rejects with a PersonError `time_zone_unknown`. */
  report({ timeZone = this.#options.timeZone(), ...query }: UsageQuery): Promise<UsageReport> {
    const { store, now } = this.#options
    return this.#whenFlushed(() =>
      store.read((sums) => createReport({ ...this.#options, store: sums }, { ...query, timeZone }, now())),
    )
  }

  /** Usage for a program: of its own key, or of all keys. Rejects with a PersonError `time_zone_unknown`. */
  ownUsage(query: OwnUsageQuery): Promise<OwnUsage> {
    const { store, labelOf, timeZone, now } = this.#options
    return this.#whenFlushed(() =>
      store.read((sums) => readOwnUsage({ store: sums, labelOf }, query, timeZone(), now())),
    )
  }

  /** Newest first. */
  page(query: PageQuery): Promise<Exchange[]> {
    return this.#whenFlushed(async () => {
      const waiting = exchangesOf(this.#queue.waiting(), true).filter((one) => fits(one, query))
      const written = await readPage(this.#options.store, query)
      return [...waiting.reverse(), ...written].sort((one, other) => other.time - one.time).slice(0, query.limit)
    })
  }

  /** The sites, programs and models of the stored exchanges that fit, without refused ones. */
  placesOf(filter: ExchangeFilter): Promise<KeyPlaces> {
    return this.#whenFlushed(() => readKeyPlaces(this.#options.store, filter))
  }

  /** Oldest first. */
  async export(filter: ExchangeFilter): Promise<ExchangeExport> {
    const { use, store } = this.#options
    await use(() => this.#queue.flush())
    return exportExchanges(this.#asItIs(store), filter)
  }

  /** Tokens of a key since a time (ms UTC, rounded down to its quarter hour). */
  async tokensSince(keyId: string, since: number): Promise<number> {
    const { store, now } = this.#options
    const quarter = Math.floor(since / QUARTER_MS)
    const written = await store.tokensSince(keyId, quarter, Math.floor(now() / QUARTER_MS) + 1)
    const waiting = exchangesOf(this.#queue.waiting(), true).filter(
      (one) => one.keyId === keyId && one.time >= quarter * QUARTER_MS,
    )
    return waiting.reduce((sum, one) => sum + (one.promptTokens ?? 0) + (one.completionTokens ?? 0), written)
  }

  /** True if a key or an origin has any usage. */
  hasTraces(whose: Traces): Promise<boolean> {
    return this.#whenFlushed(() => this.#options.store.hasTraces(whose))
  }

  /** Deletes the usage of a key or an origin, or all usage. Resolves to the number of deleted exchanges. */
  forget(whose: Traces | 'everything'): Promise<number> {
    const { store, now } = this.#options
    return this.#whenFlushed(() => store.forget(whose, Math.floor(now() / QUARTER_MS)))
  }

  /** Writes waiting exchanges. Never rejects. */
  flush(): Promise<void> {
    return this.#queue.flush()
  }

  /** The number of exchanges that were lost since the start because they could not be written. */
  dropped(): number {
    return this.#queue.dropped() + this.#options.store.dropped()
  }

  /** Starts to write exchanges, and to delete old ones. */
  start(): void {
    this.#writes = true
    if (this.#queue.waiting().length > 0) this.#flushSoon()
    this.#upkeep.start()
  }

  /**
   * Call before the rows of the store are replaced: writes waiting exchanges. Later ones go into the new rows. Call both
   * methods when nothing runs through `use`.
   */
  async beginReplacement(): Promise<void> {
    await this.#queue.flush()
    await this.#settle()
  }

  /** Reads the new rows. If it rejects, call it again. */
  async endReplacement(): Promise<void> {
    this.#replacements += 1
    await this.#options.store.reload()
  }

  /** Stops all timers. Resolves when the running step is done. Do not call it within `use`. */
  async stop(): Promise<void> {
    this.#writes = false
    clearTimeout(this.#timer)
    await this.#upkeep.stop()
  }

  /** Stops, and writes waiting exchanges once. */
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

  /** Sets a timer only while exchanges wait, because a permanent timer would wake an idle process. */
  #flushSoon(): void {
    if (!this.#writes || this.#timer !== undefined) return
    this.#timer = setTimeout(() => void this.#flushInTurn(), FLUSH_EVERY_MS).unref()
  }

  /** If the store is lost, the waiting exchanges are lost too. */
  async #flush(): Promise<void> {
    await this.#options.use(() => this.#queue.flush()).catch(() => undefined)
  }

  async #flushInTurn(): Promise<void> {
    await this.#flush()
    this.#timer = undefined
    // The write failed, or more exchanges were recorded meanwhile.
    if (this.#queue.waiting().length > 0) this.#flushSoon()
  }

  async #settle(): Promise<void> {
    const { store, log } = this.#options
    await store
      .settle()
      .catch((err: unknown) => log.warn({ err }, 'could not write sums; the next start computes them again'))
  }

  /** The store in steps, between which other work may run. Rejects if the rows were replaced since the first step. */
  #asItIs(store: UsageStore): Pick<UsageStore, 'walk' | 'countStep'> {
    const begun = this.#replacements
    const step = <T>(read: () => Promise<T>): Promise<T> =>
      this.#options.use(async () => {
        if (this.#replacements !== begun) throw new Error('a backup was restored during the export')
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
