import type { Exchange, ExchangeFilter } from '#shared/gateway/exchange.ts'
import { QUARTER_MS } from '#shared/keys/stored.ts'
import type { Dimension, UsageQuery, UsageReport } from '#shared/usage/usage.ts'
import type { Log } from '../base/log.ts'
import { type ExchangeExport, exportExchanges, fits, type PageQuery, readPage } from './exchange-pages.ts'
import { type OwnUsage, type OwnUsageQuery, readOwnUsage } from './own-usage.ts'
import type { UsageStore } from './ports.ts'
import { createReport } from './report.ts'
import { createStrangerLimits, type Recorded } from './stranger-limits.ts'
import { createUpkeep } from './upkeep.ts'
import { createWriteQueue } from './write-queue.ts'

export interface UsageOptions {
  readonly store: UsageStore
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
  /** Begins to write, and to delete what is past its days. */
  start(): void
  /** Writes what waits, once, and ends. */
  close(): Promise<void>
}

const FLUSH_EVERY_MS = 500
const FLUSH_AT = 1000

export function createUsage(options: UsageOptions): Usage {
  const { store, now, log } = options
  const write = (batch: readonly Recorded[]) => store.append(exchangesOf(batch, true), exchangesOf(batch, false))
  const queue = createWriteQueue({ write, now, log })
  const limitStrangers = createStrangerLimits()
  const upkeep = createUpkeep({ store, now, log, retentionDays: options.retentionDays })
  let writes = false
  let timer: NodeJS.Timeout | undefined

  /** Only while something waits: a timer that always ran would keep an idle process awake. */
  function flushSoon(): void {
    if (!writes || timer !== undefined) return
    timer = setTimeout(() => void flushInTurn(), FLUSH_EVERY_MS).unref()
  }

  async function flushInTurn(): Promise<void> {
    await queue.flush()
    timer = undefined
    // The disk refused, or more has come meanwhile.
    if (queue.waiting().length > 0) flushSoon()
  }

  return {
    record(exchange) {
      const recorded = limitStrangers(exchange)
      queue.push(recorded)
      flushSoon()
      if (queue.waiting().length === FLUSH_AT) setImmediate(() => void queue.flush())
      if (recorded.kept) options.onRecorded?.(recorded.exchange)
    },
    async report({ timeZone = options.timeZone(), ...query }) {
      await queue.flush()
      return createReport(options, { ...query, timeZone }, now())
    },
    async ownUsage(query) {
      await queue.flush()
      return readOwnUsage(options, query, options.timeZone(), now())
    },
    async page(query) {
      await queue.flush()
      const waiting = exchangesOf(queue.waiting(), true).filter((one) => fits(one, query))
      const written = await readPage(store, query)
      return [...waiting.reverse(), ...written].sort((one, other) => other.time - one.time).slice(0, query.limit)
    },
    async export(filter) {
      await queue.flush()
      return exportExchanges(store, filter)
    },
    async tokensSince(keyId, since) {
      await queue.flush()
      const quarter = Math.floor(since / QUARTER_MS)
      const waiting = exchangesOf(queue.waiting(), true).filter(
        (one) => one.keyId === keyId && one.time >= quarter * QUARTER_MS,
      )
      const unwritten = waiting.reduce((sum, one) => sum + (one.promptTokens ?? 0) + (one.completionTokens ?? 0), 0)
      return unwritten + (await store.tokensSince(keyId, quarter, Math.floor(now() / QUARTER_MS) + 1))
    },
    flush: () => queue.flush(),
    dropped: () => queue.dropped(),
    start() {
      writes = true
      if (queue.waiting().length > 0) flushSoon()
      upkeep.start()
    },
    async close() {
      writes = false
      clearTimeout(timer)
      await upkeep.stop()
      await queue.flush()
      queue.abandon()
      await store.settle().catch((err: unknown) => log.warn({ err }, 'Sums are made anew at the next start'))
    },
  }
}

function exchangesOf(batch: readonly Recorded[], kept: boolean): Exchange[] {
  return batch.filter((recorded) => recorded.kept === kept).map((recorded) => recorded.exchange)
}
