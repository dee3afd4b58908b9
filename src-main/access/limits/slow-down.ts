import { parseOrigin } from '#shared/origins/origin.ts'

const MINUTE_MS = 60_000
const FREE_GUESSES = 20
// Repeats of one wrong key that get the real reason. More than that get `slow_down`.
const FREE_REPEATS = 50
const REPEAT_WAIT_SECONDS = 1
const LONGEST_WAIT_SECONDS = 60
// Guesses are forgotten after this time without a new one.
const FORGET_AFTER_MS = 10 * MINUTE_MS
const MOST_CALLERS = 10_000
// Characters of a User-Agent that are enough to distinguish programs.
const LONGEST_NAME = 120

/** The sender of a wrong key. */
export interface Caller {
  readonly address: string
  readonly origin: string | null
  readonly userAgent: string | undefined
}

interface Guesser {
  /** Start of the current minute of counting. */
  since: number
  guesses: number
  waitSeconds: number
  until: number
  /** Fingerprints of the last keys it tried, without duplicates. */
  readonly tried: number[]
  /** How often these keys were repeated, counted per minute separately. */
  repeats: number
  repeatsSince: number
}

/**
 * Slows down callers that try different wrong keys: after 20 in a minute they wait 1 second, and each guess after a
 * wait doubles the wait, up to a minute. This makes refusals cheap. Guessing itself is hopeless, because a secret has
 * 160 random bits.
 *
 * Repeating the same wrong key is not a guess but an app with an old key. It gets the real reason 50 times a minute,
 * whatever other callers do. Known keys and requests without a key are not counted. All programs of this computer share
 * 127.0.0.1, and none may suffer for the mistakes of another, so callers are distinguished by site and User-Agent. A
 * guesser that varies these gains only more answers.
 */
export class SlowDown {
  readonly #now: () => number
  // Random per process, so that fingerprints reveal nothing about a key outside it.
  readonly #seed: number
  /** In the order of the last guess. If there are too many, the one idle for longest is dropped. */
  readonly #guessers = new Map<string, Guesser>()

  constructor(options: { now: () => number; seed: number }) {
    this.#now = options.now
    this.#seed = options.seed
  }

  /**
   * Counts a wrong key. Returns the whole seconds that its caller must wait, rounded up; usually 0, and then the caller
   * gets the real reason.
   */
  waitAfterGuess(caller: Caller, secret: string): number {
    const now = this.#now()
    const name = nameOf(caller)
    const guesser = this.#known(name, now) ?? newGuesser(now)
    const print = printOf(secret, this.#seed)
    if (guesser.tried.includes(print)) return waitAfterRepeat(guesser, now)
    // A guess during a wait changes nothing. Otherwise a client that retries constantly would wait forever.
    if (now < guesser.until) return Math.ceil((guesser.until - now) / 1000)
    this.#count(guesser, print, now)
    this.#remember(name, guesser)
    return 0
  }

  /** True while the caller must wait. Counts nothing. */
  isWaiting(caller: Caller): boolean {
    const now = this.#now()
    return now < (this.#known(nameOf(caller), now)?.until ?? 0)
  }

  #count(guesser: Guesser, print: number, now: number): void {
    if (now - guesser.since >= MINUTE_MS && guesser.waitSeconds === 0)
      Object.assign(guesser, { since: now, guesses: 0 })
    guesser.guesses += 1
    guesser.tried.push(print)
    if (guesser.tried.length > FREE_GUESSES) guesser.tried.shift()
    if (guesser.guesses < FREE_GUESSES) return
    guesser.waitSeconds = Math.min(Math.max(1, guesser.waitSeconds * 2), LONGEST_WAIT_SECONDS)
    guesser.until = now + guesser.waitSeconds * 1000
  }

  /** Also undefined if the clock was set back, because a wait must not last until the clock catches up. */
  #known(name: string, now: number): Guesser | undefined {
    const guesser = this.#guessers.get(name)
    if (guesser === undefined || guesser.since > now || guesser.until - now > LONGEST_WAIT_SECONDS * 1000)
      return undefined
    return now - Math.max(guesser.until, guesser.since) < FORGET_AFTER_MS ? guesser : undefined
  }

  #remember(name: string, guesser: Guesser): void {
    this.#guessers.delete(name)
    this.#guessers.set(name, guesser)
    const oldest = this.#guessers.keys().next()
    if (this.#guessers.size > MOST_CALLERS && !oldest.done) this.#guessers.delete(oldest.value)
  }
}

function newGuesser(now: number): Guesser {
  return { since: now, guesses: 0, waitSeconds: 0, until: 0, tried: [], repeats: 0, repeatsSince: now }
}

function waitAfterRepeat(guesser: Guesser, now: number): number {
  if (Math.abs(now - guesser.repeatsSince) >= MINUTE_MS) Object.assign(guesser, { repeats: 0, repeatsSince: now })
  guesser.repeats += 1
  return guesser.repeats > FREE_REPEATS ? REPEAT_WAIT_SECONDS : 0
}

/** The caller's name. It is short for any header, because parseOrigin rejects anything longer than an origin can be. */
function nameOf({ address, origin, userAgent = '' }: Caller): string {
  const site = origin === null ? '' : (parseOrigin(origin) ?? 'invalid origin')
  return `${address} ${site} ${userAgent.slice(0, LONGEST_NAME)}`
}

/**
 * Seeded FNV-1a in 30 bits, which V8 stores without allocation. The wrong key itself is not kept in memory, because it
 * may be nearly right.
 */
function printOf(secret: string, seed: number): number {
  let hash = seed | 0
  for (let at = 0; at < secret.length; at++) hash = Math.imul(hash ^ secret.charCodeAt(at), 0x01000193)
  return hash & 0x3fffffff
}
