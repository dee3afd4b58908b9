import { type Day, dayOf } from './day.ts'

interface TokenBudgetsOptions {
  readonly now: () => number
  /** IANA name, read anew: a laptop travels. */
  readonly timeZone: () => string
}

// Asking Intl for the zone takes longer than everything else that is decided about a request.
const ZONE_GOOD_FOR_MS = 60_000

/** Tokens that each key has used today, where today is the person's. Hangs on the key's id, so it survives a rotation. */
export class TokenBudgets {
  readonly #options: TokenBudgetsOptions
  readonly #used = new Map<string, number>()
  #day: Day
  #zoneAskedAt: number

  constructor(options: TokenBudgetsOptions) {
    this.#options = options
    this.#zoneAskedAt = options.now()
    this.#day = dayOf(this.#zoneAskedAt, options.timeZone())
  }

  used(keyId: string): number {
    this.today()
    return this.#used.get(keyId) ?? 0
  }

  book(keyId: string, tokens: number): void {
    this.#used.set(keyId, this.used(keyId) + tokens)
  }

  /** The day that is counted at the moment. */
  today(): Day {
    const now = this.#options.now()
    const { from, to } = this.#day
    const isFresh = now >= this.#zoneAskedAt && now < this.#zoneAskedAt + ZONE_GOOD_FOR_MS
    if (!isFresh || now < from || now >= to) this.#turnTo(now)
    return this.#day
  }

  /** Another zone's today overlaps with the old one: what was used stays used, or flying west would be a refill. */
  #turnTo(now: number): void {
    const day = dayOf(now, this.#options.timeZone())
    if (day.from >= this.#day.to || day.to <= this.#day.from) this.#used.clear()
    this.#day = day
    this.#zoneAskedAt = now
  }
}
