import { PAIRING_MS } from '#shared/pairing/pairing.ts'

/** Maximum number of requests in two minutes, by one caller and by all. A person who tries again needs no more. */
const MOST_BY_ONE = 5
const MOST_BY_ALL = 20

interface Asked {
  readonly caller: string
  readonly at: number
}

/**
 * Limits how often apps may ask, so that they cannot fill the screen with questions. Times are on the monotonic clock.
 */
export class AskLimits {
  readonly #monotonic: () => number
  #asked: readonly Asked[] = []

  constructor(options: { monotonic: () => number }) {
    this.#monotonic = options.monotonic
  }

  /**
   * Counts a request and returns 0. If the limit is reached, counts nothing and returns the milliseconds until the next
   * one is accepted.
   */
  take(caller: string): number {
    const now = this.#monotonic()
    this.#asked = this.#asked.filter(({ at }) => now - at < PAIRING_MS)
    const own = this.#asked.filter((one) => one.caller === caller)
    const wait = Math.max(waitFor(own, MOST_BY_ONE, now), waitFor(this.#asked, MOST_BY_ALL, now))
    if (wait === 0) this.#asked = [...this.#asked, { caller, at: now }]
    return wait
  }
}

function waitFor(asked: readonly Asked[], most: number, now: number): number {
  const oldest = asked.at(-most)
  return oldest === undefined ? 0 : PAIRING_MS - (now - oldest.at)
}
