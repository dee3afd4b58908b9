import type { Log } from '../base/log.ts'

const LOOK_EVERY_MS = 10_000

export interface NetworkWatchOptions {
  readonly look: () => Promise<void>
  readonly onLooked: () => void
  readonly log: Log
}

/** Checks regularly whether the computer's networks changed, because not every system reports this by an event. */
export class NetworkWatch {
  readonly #options: NetworkWatchOptions
  #timer: NodeJS.Timeout | undefined

  constructor(options: NetworkWatchOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    try {
      await this.#options.look()
      this.#options.onLooked()
    } catch (err) {
      this.#options.log.error({ err }, 'could not adapt to a change of networks')
    }
  }
}
