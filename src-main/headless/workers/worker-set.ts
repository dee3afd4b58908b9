import { setTimeout as delay } from 'node:timers/promises'
import { PersonError } from '#shared/text/person-error.ts'
import type { Host } from '../../base/host.ts'
import type { Log } from '../../base/log.ts'
import type { MetricValues } from '../../observability/metric-figures.ts'
import type { SummedMetrics } from '../../observability/summed-metrics.ts'
import { MAIN_WORKER, type Order, type Ready } from './messages.ts'
import { WorkerProcess } from './worker-process.ts'

export interface WorkerSetOptions {
  readonly count: number
  /** What each worker is told, but its number. */
  readonly order: Omit<Order, 'number'>
  readonly metrics: SummedMetrics
  readonly log: Pick<Log, 'warn' | 'error'>
}

/** A worker that was killed with its parent may still have its lock for a moment. */
const LOCKED_MS = 5_000
const LOCKED_PAUSE_MS = 100
/** Pauses before a worker is started again: none at first, then longer and longer. */
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 10_000
/** A worker that ran for so long starts again at once. */
const SOUND_MS = 60_000
const ALIVE_EVERY_MS = 5_000
/** A worker that has said nothing for so long is ended, because clients wait for it in vain. */
const HUNG_MS = 15_000
const METRICS_MS = 3_000

/** The workers of one port. One that ends is started again; if none runs any more and none can be started, the set is lost. */
export class WorkerSet {
  readonly #options: WorkerSetOptions
  readonly #running = new Map<number, WorkerProcess>()
  readonly #lost = Promise.withResolvers<never>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #overriding: Host['overrides']
  #isStopping = false

  constructor(options: WorkerSetOptions) {
    this.#options = options
    this.#overriding = options.order.options.overrides
    this.#lost.promise.catch(() => undefined)
  }

  /** Rejects if no worker runs any more and none can be started. */
  get lost(): Promise<never> {
    return this.#lost.promise
  }

  /** Resolves when all workers are ready, to what the main one says. If one cannot start, ends all and rejects. */
  async start(): Promise<Ready> {
    try {
      // First, because it creates what the others read.
      const main = await this.#startFirst(MAIN_WORKER)
      const others = Array.from({ length: this.#options.count - 1 }, (_, index) => MAIN_WORKER + 1 + index)
      await Promise.all(others.map((number) => this.#startFirst(number)))
      const watch = setInterval(() => this.#watch(), ALIVE_EVERY_MS)
      this.#timers.add(watch)
      return main
    } catch (error) {
      this.#isStopping = true
      await this.#endAll()
      throw error
    }
  }

  /** Asks all workers to drain and stop, and ends those that have not after so long. */
  async stop(withinMs: number): Promise<void> {
    this.#isStopping = true
    for (const timer of this.#timers) clearTimeout(timer)
    for (const worker of this.#running.values()) worker.tell({ kind: 'stop' })
    const deadline = new AbortController()
    const late = delay(withinMs, undefined, { signal: deadline.signal }).catch(() => undefined)
    await Promise.race([this.#allEnded(), late])
    deadline.abort()
    await this.#endAll()
  }

  async #endAll(): Promise<void> {
    for (const worker of this.#running.values()) worker.kill()
    await this.#allEnded()
  }

  async #allEnded(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ ended }) => ended))
  }

  async #startFirst(number: number): Promise<Ready> {
    for (const deadline = performance.now() + LOCKED_MS; ; ) {
      try {
        return await this.#begin(number)
      } catch (error) {
        const isLocked = error instanceof PersonError && error.code === 'already_running'
        if (!isLocked || performance.now() > deadline) throw error
        await delay(LOCKED_PAUSE_MS)
      }
    }
  }

  /** Starts a worker, and looks after it from when it is ready. Resolves then. */
  async #begin(number: number): Promise<Ready> {
    const { options, ...order } = this.#options.order
    const worker = new WorkerProcess({
      order: { ...order, number, options: { ...options, overrides: this.#overriding } },
      // The only question of a worker.
      answer: () => this.#metrics(),
      onChanged: (overriding) => this.#tellChange(number, overriding),
    })
    this.#running.set(number, worker)
    const startedAt = performance.now()
    void worker.ended.then(() => {
      if (this.#running.get(number) === worker) this.#running.delete(number)
      this.#options.metrics.end(number)
    })
    const ready = await worker.ready.catch(async (error: unknown) => {
      await worker.ended
      throw error
    })
    void worker.ended.then((how) => this.#onEnded(number, how, performance.now() - startedAt))
    return ready
  }

  #onEnded(number: number, how: string, ranMs: number): void {
    if (this.#isStopping) return
    this.#options.log.error({ worker: number, end: how }, 'a worker has ended, and is started again')
    this.#beginIn(number, ranMs >= SOUND_MS ? 0 : FIRST_PAUSE_MS)
  }

  #beginIn(number: number, pauseMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.#begin(number).then(
        () => this.#options.log.warn({ worker: number }, 'a worker runs again'),
        (error: unknown) => this.#onNotStarted(number, error, pauseMs),
      )
    }, pauseMs)
    this.#timers.add(timer)
  }

  #onNotStarted(number: number, err: unknown, pauseMs: number): void {
    if (this.#isStopping) return
    this.#options.log.error({ worker: number, err }, 'a worker could not start again')
    if (this.#running.size === 0) this.#lost.reject(err)
    else this.#beginIn(number, Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, pauseMs * 2)))
  }

  #watch(): void {
    for (const [number, worker] of this.#running) {
      worker.ask('alive', HUNG_MS).catch(() => {
        if (this.#isStopping || this.#running.get(number) !== worker) return
        this.#options.log.error({ worker: number }, 'a worker hangs, and is ended')
        worker.kill()
      })
    }
  }

  #tellChange(from: number, overriding: Host['overrides']): void {
    this.#overriding = overriding
    for (const [number, worker] of this.#running) if (number !== from) worker.tell({ kind: 'reread', overriding })
  }

  async #metrics(): Promise<{ text: string; contentType: string }> {
    const asked = [...this.#running].map(async ([number, worker]) => {
      const values = await worker.ask('metrics', METRICS_MS).catch(() => undefined)
      return [number, values as MetricValues | undefined] as const
    })
    const answered = (await Promise.all(asked)).filter((one) => one[1] !== undefined)
    return this.#options.metrics.text(new Map(answered as (readonly [number, MetricValues])[]))
  }
}
