import { setImmediate as nextTurn } from 'node:timers/promises'
import { QUARTER_MS } from '#shared/keys/stored.ts'
import type { Log } from '../base/log.ts'
import { Sequencer } from '../base/sequencer.ts'
import type { UsageStore, UseStore } from './ports.ts'

export interface UpkeepOptions {
  readonly store: Pick<UsageStore, 'rollUp' | 'prune' | 'shrink'>
  readonly use: UseStore
  readonly now: () => number
  readonly log: Pick<Log, 'warn'>
  /** How long raw exchanges are kept. */
  readonly retentionDays: () => number
}

const ROLL_UP_EVERY_MS = 60_000
const PRUNE_EVERY_MS = 3_600_000
/** The delay of the first run, so that it does not slow down the start. */
const FIRST_AFTER_MS = 1_000
/** Rows deleted, and pages freed, per transaction: about two milliseconds each on a slow computer. */
export const PRUNE_STEP = 200
export const SHRINK_STEP = 32
const DAY_MS = 86_400_000

/** Sums up and deletes usage in the store, besides recording. Every step is short, and the gateway runs between two. */
export class Upkeep {
  readonly #options: UpkeepOptions
  /** One task at a time, because two would slow down the gateway. */
  readonly #sequencer = new Sequencer()
  #timers: NodeJS.Timeout[] = []
  #stopped = false

  constructor(options: UpkeepOptions) {
    this.#options = options
  }

  start(): void {
    const queue = (work: () => Promise<void>) => () => void this.#sequencer.queue(work)
    const rollUp = () => this.#rollUp()
    const prune = () => this.#prune()
    const both = async () => {
      await prune()
      await rollUp()
    }
    this.#timers = [
      setTimeout(queue(both), FIRST_AFTER_MS),
      setInterval(queue(rollUp), ROLL_UP_EVERY_MS),
      setInterval(queue(prune), PRUNE_EVERY_MS),
    ]
    for (const timer of this.#timers) timer.unref()
  }

  /** Resolves when the running step is done. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const timer of this.#timers) clearTimeout(timer)
    await this.#sequencer.settled()
  }

  #rollUp(): Promise<void> {
    const { store, now } = this.#options
    return this.#repeat(() => store.rollUp(Math.floor(now() / QUARTER_MS)), 'could not sum up usage')
  }

  async #prune(): Promise<void> {
    const { store, now, retentionDays } = this.#options
    const before = now() - retentionDays() * DAY_MS
    await this.#repeat(() => store.prune(before, PRUNE_STEP), 'could not delete old exchanges')
    await this.#repeat(() => store.shrink(SHRINK_STEP), 'could not shrink the data file')
  }

  /** Repeats a step until it has nothing more to do or the room is closed. */
  async #repeat(step: () => Promise<boolean>, failure: string): Promise<void> {
    const { use, log } = this.#options
    try {
      while (!this.#stopped && (await use(step))) await nextTurn()
    } catch (err) {
      log.warn({ err }, failure)
    }
  }
}
