import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Log } from '../base/log.ts'
import type { Recorded } from './stranger-limits.ts'

export interface WriteQueueOptions {
  readonly write: (batch: readonly Recorded[]) => Promise<void>
  /** Exchanges per call of `write`. */
  readonly most: number
  readonly now: () => number
  readonly log: Pick<Log, 'warn'>
}

const MAX_WAITING = 20_000
const RETRY_FOR_MS = 30_000
const WARN_EVERY_MS = 60_000

/** Exchanges that are not written yet. Bounded: a full disk costs rows, but neither memory nor the gateway. */
export class WriteQueue {
  readonly #options: WriteQueueOptions
  #waiting: Recorded[] = []
  /** How many of them the running flush still has to write. Later ones wait for the next flush. */
  #toWrite = 0
  #dropped = 0
  #failingSince: number | undefined
  #warnedAt = Number.NEGATIVE_INFINITY
  #running: Promise<void> | undefined

  constructor(options: WriteQueueOptions) {
    this.#options = options
  }

  /** Returns at once. */
  push(recorded: Recorded): void {
    if (this.#waiting.length >= MAX_WAITING) this.#drop(1, { reason: 'queue full' })
    else this.#waiting.push(recorded)
  }

  /** The exchanges that are not written yet, oldest first. */
  waiting(): readonly Recorded[] {
    return this.#waiting
  }

  /** Writes the waiting exchanges unless the disk fails. Never rejects. */
  flush(): Promise<void> {
    this.#toWrite = this.#waiting.length
    this.#running ??= this.#writeAll().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** Drops and counts the waiting exchanges. */
  abandon(): void {
    this.#drop(this.#waiting.length, { reason: 'closing' })
    this.#waiting = []
    this.#toWrite = 0
  }

  /** The number of exchanges that were lost since the start. */
  dropped(): number {
    return this.#dropped
  }

  async #writeAll(): Promise<void> {
    while (this.#toWrite > 0 && (await this.#writeBatch())) await nextTurn()
  }

  /** Resolves to false if the flush should stop and try again later. */
  async #writeBatch(): Promise<boolean> {
    const { write, most, now } = this.#options
    const batch = this.#waiting.slice(0, most)
    try {
      await write(batch)
      this.#failingSince = undefined
    } catch (err) {
      this.#failingSince ??= now()
      if (now() - this.#failingSince < RETRY_FOR_MS) return false
      this.#drop(batch.length, { err })
    }
    this.#waiting = this.#waiting.slice(batch.length)
    this.#toWrite = Math.max(0, this.#toWrite - batch.length)
    return true
  }

  #drop(count: number, why: object): void {
    const { now, log } = this.#options
    this.#dropped += count
    if (count === 0 || now() - this.#warnedAt < WARN_EVERY_MS) return
    this.#warnedAt = now()
    log.warn({ ...why, dropped: this.#dropped }, 'could not write usage, so it was dropped')
  }
}
