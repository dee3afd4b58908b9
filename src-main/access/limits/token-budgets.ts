import type { TokenEstimate } from '#shared/gateway/decisions.ts'
import { type Day, localDayOf } from '../../base/day.ts'

interface TokenBudgetsOptions {
  readonly now: () => number
}

// A laptop can change its time zone, but finding the day takes longer than all other checks of a request.
const DAY_GOOD_FOR_MS = 60_000
/** Tokens reserved for an answer without a limit: more than nearly all answers have. */
const ANSWER_TOKENS = 4096
/** A key's largest request influences the next reservations, and less with each. */
const LARGEST_KEPT = 0.9

/** The tokens that a key or a person has used today, and those reserved for its running requests. */
interface Account {
  used: number
  reserved: number
  /** The largest use of one request since the start; it decays. */
  largest: number
}

/**
 * Tokens that each key, or each person, has used today, in the local time zone. Counted by the id of the key or person, so a rotation does not reset
 * them.
 *
 * The use of a request is known only after it ended, so an estimate is reserved before it runs. Requests run in
 * parallel while all reservations fit into the rest of the budget; otherwise one runs alone. So a day's use exceeds the
 * limit by at most one request, plus the part of answers beyond their reservation.
 */
export class TokenBudgets {
  readonly #options: TokenBudgetsOptions
  readonly #accounts = new Map<string, Account>()
  #day: Day
  #dayFoundAt: number

  constructor(options: TokenBudgetsOptions) {
    this.#options = options
    this.#dayFoundAt = options.now()
    this.#day = localDayOf(this.#dayFoundAt)
  }

  used(keyId: string): number {
    this.today()
    return this.#accounts.get(keyId)?.used ?? 0
  }

  /** Tokens that are used and reserved. */
  busy(keyId: string): number {
    this.today()
    const account = this.#accounts.get(keyId)
    return account === undefined ? 0 : account.used + account.reserved
  }

  /** Replaces the used tokens. Reservations stay, because they are settled when their requests end. */
  setUsed(keyId: string, tokens: number): void {
    this.today()
    this.#accountOf(keyId).used = tokens
  }

  /** Reserves tokens for a request; undefined if it must wait for running requests. */
  reserve(keyId: string, limit: number, estimate: TokenEstimate): number | undefined {
    this.today()
    const account = this.#accountOf(keyId)
    const tokens = tokensOf(estimate, account.largest)
    if (account.reserved > 0 && account.used + account.reserved + tokens > limit) return undefined
    account.reserved += tokens
    return tokens
  }

  /** Releases a reservation of a request that does not run. */
  release(keyId: string, reserved: number): void {
    this.#accountOf(keyId).reserved -= reserved
  }

  /** Releases a reservation and records the tokens that were used. */
  settle(keyId: string, reserved: number, used: number): void {
    this.today()
    const account = this.#accountOf(keyId)
    account.reserved -= reserved
    account.used += used
    if (reserved > 0) account.largest = Math.max(used, account.largest * LARGEST_KEPT)
  }

  /** The current day. */
  today(): Day {
    const now = this.#options.now()
    const { from, to } = this.#day
    const isFresh = now >= this.#dayFoundAt && now < this.#dayFoundAt + DAY_GOOD_FOR_MS
    if (!isFresh || now < from || now >= to) this.#turnTo(now)
    return this.#day
  }

  /**
   * If the time zone changes, the new day overlaps the old one. The used tokens stay used, or else flying west would
   * refill the budget.
   */
  #turnTo(now: number): void {
    const day = localDayOf(now)
    if (day.from >= this.#day.to || day.to <= this.#day.from) {
      // Reservations stay: requests that run past midnight are settled on the new day.
      for (const account of this.#accounts.values()) account.used = 0
    }
    this.#day = day
    this.#dayFoundAt = now
  }

  #accountOf(keyId: string): Account {
    const known = this.#accounts.get(keyId)
    if (known !== undefined) return known
    const account = { used: 0, reserved: 0, largest: 0 }
    this.#accounts.set(keyId, account)
    return account
  }
}

/** At least 1, so that every request has a reservation. */
function tokensOf({ prompt, answer }: TokenEstimate, largest: number): number {
  if (answer !== null) return Math.max(1, prompt + answer)
  return Math.max(prompt + ANSWER_TOKENS, Math.ceil(largest))
}
