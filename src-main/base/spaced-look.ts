import { setTimeout as delay } from 'node:timers/promises'

export interface SpacedLookOptions {
  /** Milliseconds from an arbitrary start. */
  readonly monotonic: () => number
  /** Reads what other gateways have changed. */
  readonly look: () => Promise<void>
}

const EVERY_MS = 100

/**
 * Reads what other gateways have changed, at most ten times a second. Callers without a key cause these looks, so all who ask
 * meanwhile share the next one, and a flood of unknown codes costs the database no more than one.
 */
export class SpacedLook {
  readonly #options: SpacedLookOptions
  #next: Promise<void> | undefined
  #lastAt = Number.NEGATIVE_INFINITY

  constructor(options: SpacedLookOptions) {
    this.#options = options
  }

  /** Resolves after a look that began after this call. Rejects with a PersonError if the database is away. */
  look(): Promise<void> {
    this.#next ??= this.#lookSoon()
    return this.#next
  }

  async #lookSoon(): Promise<void> {
    const { monotonic, look } = this.#options
    await delay(Math.max(0, this.#lastAt + EVERY_MS - monotonic()))
    // This look may miss what is written from now on, so whoever asks from now on gets the next one.
    this.#next = undefined
    this.#lastAt = monotonic()
    await look()
  }
}
