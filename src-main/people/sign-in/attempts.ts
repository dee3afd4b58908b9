import { attemptTooSoon } from './sign-in-error.ts'

interface Tried {
  failures: number
  /** ms UTC. */
  lastAt: number
  until: number
}

export interface AttemptsOptions {
  readonly now: () => number
  /** Failures without a wait. */
  readonly free: number
  readonly longestWaitMs: number
}

/** An attempt under way. It counts as failed unless it is taken back. */
export interface Attempt {
  takeBack(): void
}

const FIRST_WAIT_MS = 1000
const FORGET_AFTER_MS = 60 * 60_000
const MOST_TRIED = 10_000

/**
 * Slows down whoever fails: after some free failures each further one doubles the wait. An attempt counts before it is
 * judged, so that many at once do not pass the limit. Failures are forgotten an hour after the last one.
 */
export class Attempts {
  readonly #options: AttemptsOptions
  /** In the order of the last failure. If there are too many, the oldest is dropped. */
  readonly #tried = new Map<string, Tried>()

  constructor(options: AttemptsOptions) {
    this.#options = options
  }

  /** Throws a PersonError `sign_in_wait` while `who` must wait. */
  begin(who: string): Attempt {
    const now = this.#options.now()
    const before = this.#find(who, now)
    if (before.until > now) throw attemptTooSoon(Math.ceil((before.until - now) / 1000))
    const failures = before.failures + 1
    const tried = { failures, lastAt: now, until: now + this.#waitMs(failures) }
    this.#put(who, tried)
    return { takeBack: () => this.#takeBack(who, tried) }
  }

  /** Takes back only this attempt, so that whoever has one account does not win free guesses at the others. */
  #takeBack(who: string, mine: Tried): void {
    const tried = this.#tried.get(who)
    if (tried === undefined) return
    tried.failures -= 1
    if (tried === mine) tried.until = 0
    if (tried.failures <= 0) this.#tried.delete(who)
  }

  #waitMs(failures: number): number {
    const { free, longestWaitMs } = this.#options
    return failures <= free ? 0 : Math.min(longestWaitMs, FIRST_WAIT_MS * 2 ** Math.min(30, failures - free - 1))
  }

  #find(who: string, now: number): Tried {
    const tried = this.#tried.get(who)
    return tried !== undefined && now - tried.lastAt < FORGET_AFTER_MS ? tried : { failures: 0, lastAt: now, until: 0 }
  }

  #put(who: string, tried: Tried): void {
    this.#tried.delete(who)
    this.#tried.set(who, tried)
    const [oldest] = this.#tried.keys()
    if (this.#tried.size > MOST_TRIED && oldest !== undefined) this.#tried.delete(oldest)
  }
}
