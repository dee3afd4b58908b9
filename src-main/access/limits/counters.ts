import type { Refusal, TokenEstimate } from '#shared/gateway/decisions.ts'
import type { Allowance } from '#shared/keys/key-use.ts'
import type { LimitKind, LimitUse } from '../ports.ts'
import { RequestWindow } from './request-window.ts'
import type { SharesByKind } from './shares/limit-shares.ts'
import type { TokenBudgets } from './token-budgets.ts'

/** The limits of a key or a person. They can change while a request runs. */
export interface Limited {
  readonly id: string
  readonly requestsPerMinute: number | null
  readonly tokensPerDay: number | null
  readonly concurrency: number | null
}

/** The refusal for each limit. */
export interface LimitCodes {
  readonly rate: Refusal['refused']
  readonly budget: Refusal['refused']
  readonly reserved: Refusal['refused']
  readonly concurrency: Refusal['refused']
}

interface CountersOptions {
  readonly now: () => number
  readonly budgets: TokenBudgets
  readonly codes: LimitCodes
  readonly shares: SharesByKind
}

/** Another gateway may give back a part within a second. The end of running exchanges is unknown, too. */
const SHORTEST_WAIT: Pick<Refusal, 'retryAfter'> = { retryAfter: 1 }

/** Counts requests per minute, tokens per day and simultaneous exchanges in memory, by the id of a key or a person. */
export class Counters {
  readonly #options: CountersOptions
  readonly #windows = new Map<string, RequestWindow>()
  readonly #running = new Map<string, number>()

  constructor(options: CountersOptions) {
    this.#options = options
  }

  /** Checks all limits and counts nothing. */
  refusalOf(who: Limited): Refusal | null {
    return this.overRate(who) ?? this.#overBudget(who) ?? this.#overConcurrency(who)
  }

  overRate({ id, requestsPerMinute }: Limited): Refusal | null {
    if (requestsPerMinute === null) return null
    const { now, codes, shares } = this.#options
    const at = now()
    const window = this.#windowOf(id)
    const busy = window.count(at)
    const share = shares.requests.of(id, requestsPerMinute, busy)
    if (busy < share) return null
    if (share < requestsPerMinute) return { refused: codes.rate, ...SHORTEST_WAIT }
    return { refused: codes.rate, retryAfter: seconds(window.waitMs(requestsPerMinute, at)) }
  }

  /** Counts an exchange until `leave`. */
  enter(who: Limited, at: number): void {
    this.takeRequest(who, at)
    this.#running.set(who.id, this.#runningOf(who.id) + 1)
  }

  takeRequest({ id, requestsPerMinute }: Limited, at: number): void {
    if (requestsPerMinute !== null) this.#windowOf(id).take(at)
  }

  giveRequestBack({ id, requestsPerMinute }: Limited, at: number): void {
    if (requestsPerMinute !== null) this.#windowOf(id).giveBack(at)
  }

  leave({ id, concurrency }: Limited): void {
    const left = this.#runningOf(id) - 1
    if (left > 0) this.#running.set(id, left)
    else this.#running.delete(id)
    if (concurrency !== null) this.#options.shares.concurrency.changed(id)
  }

  /**
   * Reserves tokens; returns their number or a refusal. Checks the budget again, because others may have spent it
   * meanwhile.
   */
  reserve(who: Limited, estimate: TokenEstimate): number | Refusal {
    if (who.tokensPerDay === null) return 0
    const refusal = this.#overBudget(who)
    if (refusal !== null) return refusal
    const { budgets, codes, shares } = this.#options
    const share = shares.tokens.of(who.id, who.tokensPerDay, budgets.busy(who.id))
    const reserved = budgets.reserve(who.id, share, estimate)
    if (reserved !== undefined) return reserved
    // The end of running exchanges is unknown. Some seconds keep clients that obey the header from retrying constantly.
    return { refused: codes.reserved, ...(share < who.tokensPerDay ? SHORTEST_WAIT : { retryAfter: 5 }) }
  }

  /** Releases reserved tokens and counts those that were used. */
  settle({ id, tokensPerDay }: Limited, reserved: number, tokens: number): void {
    const { budgets, shares } = this.#options
    budgets.settle(id, reserved, tokens)
    if (tokensPerDay !== null) shares.tokens.changed(id)
  }

  /** This gateway's use of a limit. */
  useOf(kind: LimitKind, id: string): LimitUse {
    const { budgets } = this.#options
    if (kind === 'tokens') return { used: budgets.used(id), busy: budgets.busy(id) }
    const used = kind === 'concurrency' ? this.#runningOf(id) : this.#requestsOf(id)
    return { used, busy: used }
  }

  /** Tokens of today, at all gateways as last known. */
  tokensUsed(id: string): number {
    const { budgets, shares } = this.#options
    return budgets.used(id) + shares.tokens.elsewhere(id)
  }

  /** The rest of the limits at all gateways, as last known; null if there is no limit. */
  allowanceOf({ id, requestsPerMinute, tokensPerDay, concurrency }: Limited): Allowance {
    const { budgets, shares } = this.#options
    const left = (limit: number | null, used: () => number) => (limit === null ? null : Math.max(0, limit - used()))
    return {
      requestsThisMinute: left(requestsPerMinute, () => this.#requestsOf(id) + shares.requests.elsewhere(id)),
      tokensToday: left(tokensPerDay, () => this.tokensUsed(id)),
      atTheSameTime: left(concurrency, () => this.#runningOf(id) + shares.concurrency.elsewhere(id)),
      dayEndsAt: budgets.today().to,
    }
  }

  #overBudget({ id, tokensPerDay }: Limited): Refusal | null {
    if (tokensPerDay === null) return null
    const { budgets, now, codes, shares } = this.#options
    const used = budgets.used(id)
    if (used + shares.tokens.elsewhere(id) >= tokensPerDay) {
      return { refused: codes.budget, retryAfter: seconds(budgets.today().to - now()) }
    }
    return used < shares.tokens.of(id, tokensPerDay, budgets.busy(id))
      ? null
      : { refused: codes.reserved, ...SHORTEST_WAIT }
  }

  #overConcurrency({ id, concurrency }: Limited): Refusal | null {
    if (concurrency === null) return null
    const { codes, shares } = this.#options
    const busy = this.#runningOf(id)
    return busy < shares.concurrency.of(id, concurrency, busy) ? null : { refused: codes.concurrency, ...SHORTEST_WAIT }
  }

  #windowOf(id: string): RequestWindow {
    const window = this.#windows.get(id) ?? new RequestWindow()
    this.#windows.set(id, window)
    return window
  }

  #requestsOf(id: string): number {
    return this.#windows.get(id)?.count(this.#options.now()) ?? 0
  }

  #runningOf(id: string): number {
    return this.#running.get(id) ?? 0
  }
}

function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000))
}
