import { parseOrigin } from '#shared/origins/origin.ts'

const MINUTE_MS = 60_000
const FREE_GUESSES = 20
// An app that asks as often with the same wrong key has been told so, and hears now that it asks too often.
const FREE_REPEATS = 50
const REPEAT_WAIT_SECONDS = 1
const LONGEST_WAIT_SECONDS = 60
// How long a caller must be quiet until its guesses are forgotten.
const FORGET_AFTER_MS = 10 * MINUTE_MS
const MOST_CALLERS = 10_000
// As much of a User-Agent as tells programs apart.
const LONGEST_NAME = 120

/** Where a wrong key came from. */
export interface Caller {
  readonly address: string
  readonly origin: string | null
  readonly userAgent: string | undefined
}

interface Guesser {
  /** Start of the minute in which guesses are being counted. */
  since: number
  guesses: number
  waitSeconds: number
  until: number
  /** Prints of the keys it tried last, each once. */
  readonly tried: number[]
  /** How often these came again, in a minute of their own. */
  repeats: number
  repeatsSince: number
}

/**
 * Slows down whoever tries one wrong key after the other: after 20 different ones in a minute a wait of 1 second, doubled
 * with each guess after a wait, up to a minute. Its purpose is to make refusals cheap; guessing is hopeless anyway, a
 * secret has 160 random bits. The same wrong key again is no guess but an app that has an old key: it is told so 50 times a
 * minute, whoever guesses beside it. It is NOT asked about keys that are known, nor about requests without any: all programs of this computer share
 * 127.0.0.1, and none must suffer for the mistakes of another. So they are told apart by site and User-Agent; a guesser
 * who varies them gains nothing but more answers.
 */
export class SlowDown {
  readonly #now: () => number
  // Prints are of this process alone: none of them says anything about a key to anybody else.
  readonly #seed: number
  /** In the order of their last guess, so that the one quiet for longest is dropped when there are too many. */
  readonly #guessers = new Map<string, Guesser>()

  constructor(options: { now: () => number; seed: number }) {
    this.#now = options.now
    this.#seed = options.seed
  }

  /** Notes a wrong key. Whole seconds that its caller must wait, rounded up; 0 for most, who are told the real reason. */
  waitAfterGuess(caller: Caller, secret: string): number {
    const now = this.#now()
    const name = nameOf(caller)
    const guesser = this.#known(name, now) ?? newGuesser(now)
    const print = printOf(secret, this.#seed)
    if (guesser.tried.includes(print)) return waitAfterRepeat(guesser, now)
    // A guess during a wait changes nothing, else a client that retries without end would never come out.
    if (now < guesser.until) return Math.ceil((guesser.until - now) / 1000)
    this.#count(guesser, print, now)
    this.#remember(name, guesser)
    return 0
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

  /** undefined too when the clock was set back: a wait must not last until it has caught up. */
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

/** Short whatever the headers hold: parseOrigin lets nothing through that is longer than an origin can be. */
function nameOf({ address, origin, userAgent = '' }: Caller): string {
  const site = origin === null ? '' : (parseOrigin(origin) ?? 'not an origin')
  return `${address} ${site} ${userAgent.slice(0, LONGEST_NAME)}`
}

/** FNV-1a over a seed, in 30 bits, which V8 keeps without a box: a wrong key is not held in memory, it may be half right. */
function printOf(secret: string, seed: number): number {
  let hash = seed | 0
  for (let at = 0; at < secret.length; at++) hash = Math.imul(hash ^ secret.charCodeAt(at), 0x01000193)
  return hash & 0x3fffffff
}
