import { setImmediate as nextTurn } from 'node:timers/promises'
import { QUARTER_MS } from '#shared/keys/stored.ts'
import type { Log } from '../base/log.ts'
import type { UsageStore, UseStore } from './ports.ts'

export interface UpkeepOptions {
  readonly store: Pick<UsageStore, 'rollUp' | 'prune' | 'shrink'>
  readonly use: UseStore
  readonly now: () => number
  readonly log: Pick<Log, 'warn'>
  /** How long raw exchanges are kept. */
  readonly retentionDays: () => number
}

/** What is done to the usage on the disk beside recording it. Every step is short, and the gateway has its turn between. */
export interface Upkeep {
  start(): void
  /** Resolves when the step under way is done. */
  stop(): Promise<void>
}

const ROLL_UP_EVERY_MS = 60_000
const PRUNE_EVERY_MS = 3_600_000
/** So that a start is not made slower by it. */
const FIRST_AFTER_MS = 1_000
/** Rows deleted, and pages given back, in one transaction: about two milliseconds each on a slow computer. */
export const PRUNE_STEP = 200
export const SHRINK_STEP = 32
const DAY_MS = 86_400_000

export function createUpkeep({ store, use, now, log, retentionDays }: UpkeepOptions): Upkeep {
  let timers: NodeJS.Timeout[] = []
  let running: Promise<void> = Promise.resolve()
  let stopped = false

  /** Takes step after step until there is none, or the room is closed. */
  async function repeat(step: () => Promise<boolean>, failure: string): Promise<void> {
    try {
      while (!stopped && (await use(step))) await nextTurn()
    } catch (err) {
      log.warn({ err }, failure)
    }
  }

  const rollUp = () => repeat(() => store.rollUp(Math.floor(now() / QUARTER_MS)), 'Sums could not be made')

  async function prune(): Promise<void> {
    const before = now() - retentionDays() * DAY_MS
    await repeat(
      async () => (await store.prune(before, PRUNE_STEP)) === PRUNE_STEP,
      'Old exchanges could not be deleted',
    )
    await repeat(() => store.shrink(SHRINK_STEP), 'The data file could not be made smaller')
  }

  /** One after the other: two at once would take the gateway's turns away. */
  const queue = (work: () => Promise<void>) => () => {
    running = running.then(work)
  }

  return {
    start() {
      const both = async () => {
        await prune()
        await rollUp()
      }
      timers = [
        setTimeout(queue(both), FIRST_AFTER_MS),
        setInterval(queue(rollUp), ROLL_UP_EVERY_MS),
        setInterval(queue(prune), PRUNE_EVERY_MS),
      ]
      for (const timer of timers) timer.unref()
    },
    async stop() {
      stopped = true
      for (const timer of timers) clearTimeout(timer)
      await running
    },
  }
}
