import type { Lease, Refusal } from '#shared/decisions.ts'
import type { Key } from '#shared/key.ts'
import type { Allowance } from '#shared/key-use.ts'
import { RequestWindow } from './request-window.ts'
import type { TokenBudgets } from './token-budgets.ts'

interface LimitsOptions {
  readonly now: () => number
  readonly budgets: TokenBudgets
}

/** Requests per minute, tokens per day and exchanges at the same time, counted in memory for each key's id. */
export class Limits {
  readonly #options: LimitsOptions
  readonly #windows = new Map<string, RequestWindow>()
  readonly #running = new Map<string, number>()

  constructor(options: LimitsOptions) {
    this.#options = options
  }

  /** All limits are asked before any is taken from: a request refused by one costs nothing under the others. */
  admit(key: Key): Lease | Refusal {
    const refusal = this.#overRate(key) ?? this.#overBudget(key) ?? this.#overConcurrency(key)
    if (refusal !== null) return refusal
    if (key.requestsPerMinute !== null) this.#windowOf(key.id).take(this.#options.now())
    this.#running.set(key.id, this.#runningOf(key.id) + 1)
    return this.#lease(key.id)
  }

  /** What a key may still do now; null where it has no limit. */
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

  #overRate({ id, requestsPerMinute }: Key): Refusal | null {
    if (requestsPerMinute === null) return null
    const waitMs = this.#windowOf(id).waitMs(requestsPerMinute, this.#options.now())
    return waitMs > 0 ? { refused: 'rate_limited', retryAfter: seconds(waitMs) } : null
  }

  /** The last request of a day may overshoot: what an answer costs is known only when it has ended. */
  #overBudget({ id, tokensPerDay }: Key): Refusal | null {
    const { budgets, now } = this.#options
    if (tokensPerDay === null || budgets.used(id) < tokensPerDay) return null
    return { refused: 'budget_spent', retryAfter: seconds(budgets.today().to - now()) }
  }

  #overConcurrency({ id, concurrency }: Key): Refusal | null {
    if (concurrency === null || this.#runningOf(id) < concurrency) return null
    // Nobody knows when a place is free; a second keeps a client that obeys the header from hammering.
    return { refused: 'too_many_at_once', retryAfter: 1 }
  }

  #lease(id: string): Lease {
    let ended = false
    return {
      end: (tokens) => {
        if (ended) return
        ended = true
        this.#running.set(id, this.#runningOf(id) - 1)
        this.#options.budgets.book(id, tokens)
      },
    }
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
