import type { Log } from '../base/log.ts'
import type { AuditStore, BackupStore } from './store-port.ts'

export interface DailyUpkeepOptions {
  readonly audit: Pick<AuditStore, 'prune'>
  readonly backups: Pick<BackupStore, 'create' | 'list'>
  readonly now: () => number
  readonly log: Log
  /** So that a start is not made slower by it. */
  readonly firstAfterMs: number
}

/** A backup each day that Latchkey runs, and an audit trail of one year. */
export interface DailyUpkeep {
  start(): void
  /** Resolves when what is under way is done. */
  stop(): Promise<void>
}

const DAY_MS = 86_400_000
const AUDIT_KEPT_MS = 365 * DAY_MS
const LOOK_EVERY_MS = 3_600_000

export function createDailyUpkeep({ audit, backups, now, log, firstAfterMs }: DailyUpkeepOptions): DailyUpkeep {
  let timers: NodeJS.Timeout[] = []
  let running: Promise<void> = Promise.resolve()

  async function look(): Promise<void> {
    try {
      await audit.prune(now() - AUDIT_KEPT_MS)
      const newest = (await backups.list()).find((backup) => backup.kind === 'daily')
      if (newest === undefined || now() - newest.time >= DAY_MS) await backups.create('daily')
    } catch (err) {
      log.warn({ err }, 'the daily backup could not be made')
    }
  }
  const lookInTurn = () => {
    running = running.then(look)
  }

  return {
    start() {
      timers = [setTimeout(lookInTurn, firstAfterMs), setInterval(lookInTurn, LOOK_EVERY_MS)]
      for (const timer of timers) timer.unref()
    },
    async stop() {
      for (const timer of timers) clearTimeout(timer)
      await running
    },
  }
}
