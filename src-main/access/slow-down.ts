import { parseOrigin } from '#shared/origin.ts'

const MINUTE_MS = 60_000
const FREE_FAILURES = 20
const LONGEST_WAIT_SECONDS = 60
// How long a caller must be quiet until its failures are forgotten.
const FORGET_AFTER_MS = 10 * MINUTE_MS
const MOST_CALLERS = 10_000

interface Caller {
  /** Start of the minute in which failures are being counted. */
  since: number
  failures: number
  waitSeconds: number
  until: number
}

/**
 * Slows down whoever keeps coming with a wrong key: after 20 failures in a minute a wait of 1 second, doubled with each
 * failure after a wait, up to a minute. Its purpose is to make refusals cheap. It is NOT asked about requests with a
 * valid key: all programs of this computer share 127.0.0.1, and one broken extension must not lock out the others.
 * Guessing is hopeless anyway, a secret has 160 random bits.
 */
export class SlowDown {
  readonly #now: () => number
  /** In the order of their last failure, so that the one quiet for longest is dropped when there are too many. */
  readonly #callers = new Map<string, Caller>()

  constructor(options: { now: () => number }) {
    this.#now = options.now
  }

  /** Seconds to wait, rounded up; 0 for most. */
  slowedFor(address: string, origin: string | null): number {
    const left = (this.#callers.get(nameOf(address, origin))?.until ?? 0) - this.#now()
    // More than the longest wait: the clock was set back.
    return left > 0 && left <= LONGEST_WAIT_SECONDS * 1000 ? Math.ceil(left / 1000) : 0
  }

  /** A failure during a wait changes nothing, else a client that retries without end would never come out. */
  noteFailure(address: string, origin: string | null): void {
    const now = this.#now()
    const name = nameOf(address, origin)
    const caller = this.#known(name, now) ?? { since: now, failures: 0, waitSeconds: 0, until: 0 }
    if (now < caller.until) return
    if (now - caller.since >= MINUTE_MS && caller.waitSeconds === 0) Object.assign(caller, { since: now, failures: 0 })
    caller.failures += 1
    if (caller.failures >= FREE_FAILURES) {
      caller.waitSeconds = Math.min(Math.max(1, caller.waitSeconds * 2), LONGEST_WAIT_SECONDS)
      caller.until = now + caller.waitSeconds * 1000
    }
    this.#remember(name, caller)
  }

  /** undefined too when the clock was set back: a wait must not last until it has caught up. */
  #known(name: string, now: number): Caller | undefined {
    const caller = this.#callers.get(name)
    if (caller === undefined || caller.since > now) return undefined
    return now - Math.max(caller.until, caller.since) < FORGET_AFTER_MS ? caller : undefined
  }

  #remember(name: string, caller: Caller): void {
    this.#callers.delete(name)
    this.#callers.set(name, caller)
    const oldest = this.#callers.keys().next()
    if (this.#callers.size > MOST_CALLERS && !oldest.done) this.#callers.delete(oldest.value)
  }
}

/** Short whatever the header holds: parseOrigin lets nothing through that is longer than an origin can be. */
function nameOf(address: string, origin: string | null): string {
  return `${address} ${origin === null ? '' : (parseOrigin(origin) ?? 'not an origin')}`
}
