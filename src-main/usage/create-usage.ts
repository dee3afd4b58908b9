import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Exchange } from '#shared/exchange.ts'
import { QUARTER_MS } from '#shared/stored.ts'
import type { Dimension, Period, UsageReport } from '#shared/usage.ts'
import type { UsageStore } from './ports.ts'
import { createReport } from './report.ts'
import { createStrangerLimits, type Recorded } from './stranger-limits.ts'
import { createWriteQueue } from './write-queue.ts'

export interface UsageOptions {
  readonly store: UsageStore
  readonly now: () => number
  readonly log: { warn(details: object, message: string): void }
  /** What the UI calls a value: a key's name, a site's label. The value is `` where the exchanges had none. */
  readonly labelOf: (by: Dimension, value: string) => string
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
  report(query: { period: Period; by: Dimension; timeZone?: string | undefined }): Promise<UsageReport>
  /** Newest first, those not written yet included. */
  latest(limit: number): Promise<Exchange[]>
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
const PRUNE_EVERY_MS = 3_600_000
/** Rows deleted in one transaction, so that the gateway is not held up. */
const PRUNE_STEP = 1000
const DAY_MS = 86_400_000

export function createUsage(options: UsageOptions): Usage {
  const { store, now, log } = options
  const write = (batch: readonly Recorded[]) => store.append(exchangesOf(batch, true), exchangesOf(batch, false))
  const queue = createWriteQueue({ write, now, log })
  const limitStrangers = createStrangerLimits()
  let timers: NodeJS.Timeout[] = []
  let pruning: Promise<void> = Promise.resolve()
  let closed = false

  async function prune(): Promise<void> {
    const before = now() - options.retentionDays() * DAY_MS
    try {
      while (!closed && (await store.prune(before, PRUNE_STEP)) === PRUNE_STEP) await nextTurn()
    } catch (err) {
      log.warn({ err }, 'Old exchanges could not be deleted')
    }
  }

  return {
    record(exchange) {
      const recorded = limitStrangers(exchange)
      queue.push(recorded)
      if (queue.waiting().length === FLUSH_AT) setImmediate(() => void queue.flush())
      if (recorded.kept) options.onRecorded?.(recorded.exchange)
    },
    async report({ period, by, timeZone }) {
      await queue.flush()
      return createReport(store, { period, by, timeZone: timeZone ?? options.timeZone() }, now(), options.labelOf)
    },
    async latest(limit) {
      await queue.flush()
      const waiting = exchangesOf(queue.waiting(), true).slice(-limit).reverse()
      const written = await store.latest(limit)
      return [...waiting, ...written].sort((one, other) => other.time - one.time).slice(0, limit)
    },
    async tokensSince(keyId, since) {
      await queue.flush()
      const quarter = Math.floor(since / QUARTER_MS)
      const waiting = exchangesOf(queue.waiting(), true).filter(
        (one) => one.keyId === keyId && one.time >= quarter * QUARTER_MS,
      )
      const unwritten = waiting.reduce((sum, one) => sum + (one.promptTokens ?? 0) + (one.completionTokens ?? 0), 0)
      return unwritten + (await store.tokensSince(keyId, quarter))
    },
    flush: () => queue.flush(),
    dropped: () => queue.dropped(),
    start() {
      const runPrune = () => {
        pruning = prune()
      }
      runPrune()
      timers = [setInterval(() => void queue.flush(), FLUSH_EVERY_MS), setInterval(runPrune, PRUNE_EVERY_MS)]
      for (const timer of timers) timer.unref()
    },
    async close() {
      closed = true
      for (const timer of timers) clearInterval(timer)
      await pruning
      await queue.flush()
      queue.abandon()
    },
  }
}

function exchangesOf(batch: readonly Recorded[], kept: boolean): Exchange[] {
  return batch.filter((recorded) => recorded.kept === kept).map((recorded) => recorded.exchange)
}
