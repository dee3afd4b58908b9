import type { TokenEstimate } from '#shared/gateway/decisions.ts'
import { type Day, dayOf } from '../../base/day.ts'

interface TokenBudgetsOptions {
  readonly now: () => number
  /** IANA name, read anew: a laptop travels. */
  readonly timeZone: () => string
}

// Asking Intl for the zone takes longer than everything else that is decided about a request.
const ZONE_GOOD_FOR_MS = 60_000
/** Set aside for an answer whose request sets no end to it: longer than nearly all answers. */
const ANSWER_TOKENS = 4096
/** A key's longest request counts for its next ones, and less with each. */
const LARGEST_KEPT = 0.9

/** What one key has used today, and what its running requests may still use. */
interface Account {
  used: number
  reserved: number
  /** Of the requests since the start, the most that one has used; it fades. */
  largest: number
}

/**
 * Tokens that each key has used today, where today is the person's. Hangs on the key's id, so it survives a rotation.
 *
 * What a request will use is known only when it has ended, so before it runs an estimate is set aside. Requests run side
 * by side as long as all that is set aside fits into what is left; else one runs alone. So the day's use passes the limit
 * by no more than one request, and by what answers are longer than what was set aside for them.
 */
export class TokenBudgets {
  readonly #options: TokenBudgetsOptions
  readonly #accounts = new Map<string, Account>()
  #day: Day
  #zoneAskedAt: number

  constructor(options: TokenBudgetsOptions) {
    this.#options = options
    this.#zoneAskedAt = options.now()
    this.#day = dayOf(this.#zoneAskedAt, options.timeZone())
  }

  used(keyId: string): number {
    this.today()
    return this.#accounts.get(keyId)?.used ?? 0
  }

  /** Whatever was booked before. What is set aside stays: it is settled when its requests end. */
  setUsed(keyId: string, tokens: number): void {
    this.today()
    this.#accountOf(keyId).used = tokens
  }

  /** Sets aside what a request may use; undefined where that must wait for those that are running. */
  reserve(keyId: string, limit: number, estimate: TokenEstimate): number | undefined {
    this.today()
    const account = this.#accountOf(keyId)
    const tokens = tokensOf(estimate, account.largest)
    if (account.reserved > 0 && account.used + account.reserved + tokens > limit) return undefined
    account.reserved += tokens
    return tokens
  }

  /** Gives back what was set aside, and books what was used. */
  settle(keyId: string, reserved: number, used: number): void {
    this.today()
    const account = this.#accountOf(keyId)
    account.reserved -= reserved
    account.used += used
    if (reserved > 0) account.largest = Math.max(used, account.largest * LARGEST_KEPT)
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
    if (day.from >= this.#day.to || day.to <= this.#day.from) {
      // What is set aside stays: requests that run over midnight are settled on the new day.
      for (const account of this.#accounts.values()) account.used = 0
    }
    this.#day = day
    this.#zoneAskedAt = now
  }

  #accountOf(keyId: string): Account {
    const known = this.#accounts.get(keyId)
    if (known !== undefined) return known
    const account = { used: 0, reserved: 0, largest: 0 }
    this.#accounts.set(keyId, account)
    return account
  }
}

/** At least 1, so that a reservation is always one. */
function tokensOf({ prompt, answer }: TokenEstimate, largest: number): number {
  if (answer !== null) return Math.max(1, prompt + answer)
  return Math.max(prompt + ANSWER_TOKENS, Math.ceil(largest))
}
