import type { Log } from '../../../base/log.ts'
import { codeOf } from '../connection/database-errors.ts'
import type { Leader } from '../leader.ts'
import { prunePairings } from '../tables/pairing-table.ts'

export interface TrimChangesOptions {
  readonly leader: Pick<Leader, 'step'>
  readonly now: () => number
  readonly log: Pick<Log, 'warn'>
}

/** A gateway that was away for longer reads all rows again. */
const KEPT_MS = 3_600_000
const LOOK_EVERY_MS = 600_000

/** Removes changes that all gateways have read, and requests of apps that are over. Only the leader does it. */
export class TrimChanges {
  readonly #options: TrimChangesOptions
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(options: TrimChangesOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#running = this.look()
    }, LOOK_EVERY_MS).unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
  }

  /** Never rejects: the next look does what this one could not. */
  async look(): Promise<void> {
    const { leader, now, log } = this.#options
    try {
      await leader.step(async (client) => {
        // The newest stays, so that a gateway which has read it knows that it missed none.
        const isOld = 'time < $1 AND n < (SELECT MAX(n) FROM changes)'
        await client.query(`DELETE FROM changes WHERE ${isOld}`, [now() - KEPT_MS])
        await prunePairings(client)
      })
    } catch (error) {
      log.warn({ code: codeOf(error) }, 'could not remove old changes')
    }
  }
}
