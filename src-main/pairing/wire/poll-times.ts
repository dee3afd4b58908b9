import type { Pairing } from '../held-pairing.ts'

export const POLL_SECONDS = 2
/** RFC 8628 section 3.5. */
const SLOWER_BY_SECONDS = 5
/** Tolerance for the client's timer and the time of transfer. */
const TOLERANCE_MS = 500
/** More than can be held at the same time. */
const MOST_KEPT = 200

interface Polls {
  readonly intervalMs: number
  readonly lastAt: number
}

/** When each app last polled at this gateway. Times are on the monotonic clock. */
export class PollTimes {
  readonly #monotonic: () => number
  /** By the request's id. */
  readonly #polls = new Map<string, Polls>()

  constructor(options: { readonly monotonic: () => number }) {
    this.#monotonic = options.monotonic
  }

  /** Notes a poll. If it came too early, returns the longer interval that the app must keep from now on, in milliseconds; else 0. */
  note({ id, askedAt }: Pairing): number {
    const now = this.#monotonic()
    const { intervalMs, lastAt } = this.#polls.get(id) ?? { intervalMs: POLL_SECONDS * 1000, lastAt: askedAt }
    const isEarly = now - lastAt < intervalMs - TOLERANCE_MS
    const next = isEarly ? intervalMs + SLOWER_BY_SECONDS * 1000 : intervalMs
    this.#polls.delete(id)
    this.#polls.set(id, { intervalMs: next, lastAt: now })
    const oldest = this.#polls.keys().next()
    if (this.#polls.size > MOST_KEPT && !oldest.done) this.#polls.delete(oldest.value)
    return isEarly ? next : 0
  }
}
