import { PersonError } from '#shared/text/person-error.ts'
import type { Log } from '../../base/log.ts'
import { Sequencer } from '../../base/sequencer.ts'
import type { AuditStore, BackupStore } from '../store/store-port.ts'

export interface DailyUpkeepOptions {
  readonly audit: Pick<AuditStore, 'prune'>
  readonly backups: Pick<BackupStore, 'create' | 'list'>
  /** Reminds of keys that expire soon. */
  readonly remind: () => Promise<void>
  readonly now: () => number
  readonly log: Log
  /** The delay of the first run, so that it does not slow down the start. */
  readonly firstAfterMs: number
}

const DAY_MS = 86_400_000
const AUDIT_KEPT_MS = 365 * DAY_MS
const LOOK_EVERY_MS = 3_600_000

/** Makes a backup on each day that Latchkey runs, deletes audit entries after one year, and reminds of keys that expire. */
export class DailyUpkeep {
  readonly #options: DailyUpkeepOptions
  readonly #sequencer = new Sequencer()
  #timers: NodeJS.Timeout[] = []

  constructor(options: DailyUpkeepOptions) {
    this.#options = options
  }

  start(): void {
    const run = () => void this.#sequencer.queue(() => this.#run())
    this.#timers = [setTimeout(run, this.#options.firstAfterMs), setInterval(run, LOOK_EVERY_MS)]
    for (const timer of this.#timers) timer.unref()
  }

  /** Resolves when the running work is done. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    await this.#sequencer.settled()
  }

  async #run(): Promise<void> {
    const { remind, log } = this.#options
    await remind().catch((err: unknown) => log.warn({ err }, 'could not look for keys that expire'))
    await this.#keep()
  }

  async #keep(): Promise<void> {
    const { audit, backups, now, log } = this.#options
    try {
      await audit.prune(now() - AUDIT_KEPT_MS)
      const newest = (await backups.list()).find((backup) => backup.kind === 'daily')
      if (newest === undefined || now() - newest.time >= DAY_MS) await backups.create('daily')
    } catch (err) {
      const isElsewhere = err instanceof PersonError && err.code === 'backups_elsewhere'
      if (!isElsewhere) log.warn({ err }, 'could not make the daily backup')
    }
  }
}
