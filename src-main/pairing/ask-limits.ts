import { PAIRING_MS } from '#shared/pairing/pairing.ts'
import type { Caller } from './held-pairing.ts'

/**
 * Maximum number of requests in two minutes: by one app or one other device, by all other devices, and by all. A person
 * who tries again needs no more.
 */
const MOST_BY_ONE = 5
const MOST_BY_DEVICES = 10
const MOST_BY_ALL = 20

interface Asked {
  readonly caller: Caller
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
  take(caller: Caller): number {
    const now = this.#monotonic()
    this.#asked = this.#asked.filter(({ at }) => now - at < PAIRING_MS)
    const own = this.#asked.filter((one) => nameOf(one.caller) === nameOf(caller))
    const devices = caller.device === null ? [] : this.#asked.filter((one) => one.caller.device !== null)
    const wait = Math.max(
      waitFor(own, MOST_BY_ONE, now),
      waitFor(devices, MOST_BY_DEVICES, now),
      waitFor(this.#asked, MOST_BY_ALL, now),
    )
    if (wait === 0) this.#asked = [...this.#asked, { caller, at: now }]
    return wait
  }
}

/** Another device is one caller, because its programs can name any origin. */
function nameOf({ slot, device }: Caller): string {
  return device ?? slot
}

function waitFor(asked: readonly Asked[], most: number, now: number): number {
  const oldest = asked.at(-most)
  return oldest === undefined ? 0 : PAIRING_MS - (now - oldest.at)
}
