import type { Lease, Refusal, TokenEstimate } from '#shared/gateway/decisions.ts'
import type { Key } from '#shared/keys/key.ts'
import type { Allowance } from '#shared/keys/key-use.ts'
import { RequestWindow } from './request-window.ts'
import type { TokenBudgets } from './token-budgets.ts'

interface LimitsOptions {
  readonly now: () => number
  readonly budgets: TokenBudgets
}

/** The limits that apply to a lease. They can change while it runs; the lease still returns what it took. */
type Limited = Pick<Key, 'id' | 'requestsPerMinute' | 'tokensPerDay' | 'concurrency'>

/**
 * Counts requests per minute, tokens per day and simultaneous exchanges in memory, by key id. Each is reserved before
 * the request goes on and settled after it ends, so that many simultaneous requests cannot exceed a limit.
 */
export class Limits {
  readonly #options: LimitsOptions
  readonly #windows = new Map<string, RequestWindow>()
  readonly #running = new Map<string, number>()

  constructor(options: LimitsOptions) {
    this.#options = options
  }

  /**
   * Admits a request. Checks all limits before counting against any, so that a request refused by one costs nothing
   * under the others.
   */
  admit(key: Limited): Lease | Refusal {
    const refusal = this.#overRate(key) ?? this.#overBudget(key) ?? this.#overConcurrency(key)
    if (refusal !== null) return refusal
    const at = this.#options.now()
    if (key.requestsPerMinute !== null) this.#windowOf(key.id).take(at)
    this.#running.set(key.id, this.#runningOf(key.id) + 1)
    return this.#lease(key, at)
  }

  /** Counts a request that is refused before it is admitted. */
  count(key: Limited): Refusal | null {
    const refusal = this.#overRate(key)
    if (refusal === null && key.requestsPerMinute !== null) this.#windowOf(key.id).take(this.#options.now())
    return refusal
  }

  /** The rest of a key's limits; null if it has no limit. */
  allowanceOf({ id, requestsPerMinute, tokensPerDay, concurrency }: Key): Allowance {
    const { budgets, now } = this.#options
    const left = (limit: number | null, used: () => number) => (limit === null ? null : Math.max(0, limit - used()))
    return {
      requestsThisMinute: left(requestsPerMinute, () => this.#windowOf(id).count(now())),
      tokensToday: left(tokensPerDay, () => budgets.used(id)),
      atTheSameTime: left(concurrency, () => this.#runningOf(id)),
      dayEndsAt: budgets.today().to,
    }
  }

  #overRate({ id, requestsPerMinute }: Limited): Refusal | null {
    if (requestsPerMinute === null) return null
    const waitMs = this.#windowOf(id).waitMs(requestsPerMinute, this.#options.now())
    return waitMs > 0 ? { refused: 'rate_limited', retryAfter: seconds(waitMs) } : null
  }

  #overBudget({ id, tokensPerDay }: Limited): Refusal | null {
    const { budgets, now } = this.#options
    if (tokensPerDay === null || budgets.used(id) < tokensPerDay) return null
    return { refused: 'budget_spent', retryAfter: seconds(budgets.today().to - now()) }
  }

  #overConcurrency({ id, concurrency }: Limited): Refusal | null {
    if (concurrency === null || this.#runningOf(id) < concurrency) return null
    // The end of a running exchange is unknown. One second keeps clients that obey the header from retrying constantly.
    return { refused: 'too_many_at_once', retryAfter: 1 }
  }

  #lease(key: Limited, at: number): Lease {
    const { budgets } = this.#options
    let ended = false
    let reserved = 0
    const release = () => {
      ended = true
      this.#leave(key.id)
    }
    return {
      reserve: (estimate) => {
        if (ended) return null
        const refusal = this.#reserve(key, estimate)
        if (typeof refusal === 'number') {
          reserved += refusal
          return null
        }
        release()
        // A refusal by one limit costs nothing under the others.
        if (key.requestsPerMinute !== null) this.#windowOf(key.id).giveBack(at)
        return refusal
      },
      end: (tokens) => {
        if (ended) return
        release()
        budgets.settle(key.id, reserved, tokens)
      },
    }
  }

  /**
   * Reserves tokens; returns their number or a refusal. Checks the budget again, because others may have spent it
   * meanwhile.
   */
  #reserve(key: Limited, estimate: TokenEstimate): number | Refusal {
    if (key.tokensPerDay === null) return 0
    const refusal = this.#overBudget(key)
    if (refusal !== null) return refusal
    const { budgets } = this.#options
    // The end of running exchanges is unknown. Some seconds keep clients that obey the header from retrying constantly.
    return budgets.reserve(key.id, key.tokensPerDay, estimate) ?? { refused: 'budget_reserved', retryAfter: 5 }
  }

  #leave(id: string): void {
    const left = this.#runningOf(id) - 1
    if (left > 0) this.#running.set(id, left)
    else this.#running.delete(id)
  }

  #windowOf(id: string): RequestWindow {
    const window = this.#windows.get(id) ?? new RequestWindow()
    this.#windows.set(id, window)
    return window
  }

  #runningOf(id: string): number {
    return this.#running.get(id) ?? 0
  }
}

function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000))
}
