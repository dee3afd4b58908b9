import { type Day, dayOf } from './day.ts'

interface TokenBudgetsOptions {
  readonly now: () => number
  /** IANA name, read anew: a laptop travels. */
  readonly timeZone: () => string
}

/** Tokens that each key has used today, where today is the person's. Hangs on the key's id, so it survives a rotation. */
export class TokenBudgets {
  readonly #options: TokenBudgetsOptions
  readonly #used = new Map<string, number>()
  #timeZone: string
  #day: Day

  constructor(options: TokenBudgetsOptions) {
    this.#options = options
    this.#timeZone = options.timeZone()
    this.#day = dayOf(options.now(), this.#timeZone)
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
    const timeZone = this.#options.timeZone()
    const { from, to } = this.#day
    if (timeZone !== this.#timeZone || now < from || now >= to) this.#turnTo(dayOf(now, timeZone), timeZone)
    return this.#day
  }

  /** Another zone's today overlaps with the old one: what was used stays used, or flying west would be a refill. */
  #turnTo(day: Day, timeZone: string): void {
    if (day.from >= this.#day.to || day.to <= this.#day.from) this.#used.clear()
    this.#day = day
    this.#timeZone = timeZone
  }
}
