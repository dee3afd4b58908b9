import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Log } from '../base/log.ts'
import type { Recorded } from './stranger-limits.ts'

export interface WriteQueueOptions {
  readonly write: (batch: readonly Recorded[]) => Promise<void>
  readonly now: () => number
  readonly log: Pick<Log, 'warn'>
}

/** Exchanges on their way to the disk. Bounded: a disk that takes nothing costs rows, never memory or the gateway. */
export interface WriteQueue {
  /** Returns at once. */
  push(recorded: Recorded): void
  /** Oldest first: those that are not on the disk yet. */
  waiting(): readonly Recorded[]
  /** Writes what waits, unless the disk refuses. Never rejects. */
  flush(): Promise<void>
  /** Gives up on what still waits, and counts it. */
  abandon(): void
  /** How many exchanges were lost since the start. */
  dropped(): number
}

/** How many are written in one transaction: a few milliseconds in which the gateway stands still. */
const BATCH_SIZE = 250
const MAX_WAITING = 20_000
const RETRY_FOR_MS = 30_000
const WARN_EVERY_MS = 60_000

export function createWriteQueue({ write, now, log }: WriteQueueOptions): WriteQueue {
  let waiting: Recorded[] = []
  /** How many of them a flush is still to write. What comes meanwhile gathers for the next one. */
  let asked = 0
  let dropped = 0
  let failingSince: number | undefined
  let warnedAt = Number.NEGATIVE_INFINITY
  let running: Promise<void> | undefined

  function drop(count: number, why: object): void {
    dropped += count
    if (count === 0 || now() - warnedAt < WARN_EVERY_MS) return
    warnedAt = now()
    log.warn({ ...why, dropped }, 'Usage could not be written and was dropped')
  }

  /** Resolves to whether it is worth going on. */
  async function writeBatch(): Promise<boolean> {
    const batch = waiting.slice(0, BATCH_SIZE)
    try {
      await write(batch)
      failingSince = undefined
    } catch (err) {
      failingSince ??= now()
      if (now() - failingSince < RETRY_FOR_MS) return false
      drop(batch.length, { err })
    }
    waiting = waiting.slice(batch.length)
    asked = Math.max(0, asked - batch.length)
    return true
  }

  async function writeAll(): Promise<void> {
    while (asked > 0 && (await writeBatch())) await nextTurn()
  }

  return {
    push(recorded) {
      if (waiting.length >= MAX_WAITING) drop(1, { reason: 'queue full' })
      else waiting.push(recorded)
    },
    waiting: () => waiting,
    flush() {
      asked = waiting.length
      running ??= writeAll().finally(() => {
        running = undefined
      })
      return running
    },
    abandon() {
      drop(waiting.length, { reason: 'closing' })
      waiting = []
      asked = 0
    },
    dropped: () => dropped,
  }
}
