import { isRefusal, type Lease, type Refusal, type TokenEstimate } from '#shared/gateway/decisions.ts'
import type { Allowance } from '#shared/keys/key-use.ts'
import type { LimitKind, LimitUse, SharedLimit } from '../ports.ts'
import { Counters, type LimitCodes, type Limited } from './counters.ts'
import type { LimitShares } from './shares/limit-shares.ts'
import type { TokenBudgets } from './token-budgets.ts'

interface LimitsOptions {
  readonly now: () => number
  readonly budgets: TokenBudgets
  /** Tokens by person, which all keys of a person use together. */
  readonly personBudgets: TokenBudgets
  /** This gateway's part of each limit. */
  readonly shares: LimitShares
  /** Called when tokens of a person were counted. */
  readonly onPersonUsed: (personId: string) => void
}

const OF_KEY: LimitCodes = {
  rate: 'rate_limited',
  budget: 'budget_spent',
  reserved: 'budget_reserved',
  concurrency: 'too_many_at_once',
}
const OF_PERSON: LimitCodes = {
  rate: 'person_rate_limited',
  budget: 'person_budget_spent',
  reserved: 'person_budget_reserved',
  concurrency: 'person_too_many_at_once',
}

/**
 * The limits of keys, and those of their persons, which all keys of a person share. Each is reserved before the request
 * goes on and settled after it ends, so that many simultaneous requests cannot exceed a limit. A lease returns what it
 * took, also if limits change while it runs.
 */
export class Limits {
  readonly #options: LimitsOptions
  readonly #keys: Counters
  readonly #persons: Counters

  constructor(options: LimitsOptions) {
    const { now, budgets, personBudgets, shares } = options
    this.#options = options
    this.#keys = new Counters({ now, budgets, codes: OF_KEY, shares: shares.key })
    this.#persons = new Counters({ now, budgets: personBudgets, codes: OF_PERSON, shares: shares.person })
  }

  /**
   * Admits a request. Checks all limits, the key's first, before counting against any, so that a request refused by one
   * costs nothing under the others.
   */
  admit(key: Limited, person: Limited): Lease | Refusal {
    const refusal = this.#keys.refusalOf(key) ?? this.#persons.refusalOf(person)
    if (refusal !== null) return refusal
    const at = this.#options.now()
    this.#keys.enter(key, at)
    this.#persons.enter(person, at)
    return this.#lease(key, person, at)
  }

  /** Counts a request that is refused before it is admitted. */
  count(key: Limited, person: Limited): Refusal | null {
    const refusal = this.#keys.overRate(key) ?? this.#persons.overRate(person)
    if (refusal !== null) return refusal
    const at = this.#options.now()
    this.#keys.takeRequest(key, at)
    this.#persons.takeRequest(person, at)
    return null
  }

  /** The rest of a key's limits; null if it has no limit. */
  allowanceOf(key: Limited): Allowance {
    return this.#keys.allowanceOf(key)
  }

  /** The rest of what all keys of a person share. */
  allowanceOfPerson(person: Limited): Allowance {
    return this.#persons.allowanceOf(person)
  }

  /** This gateway's use of a limit. */
  useOf(whose: SharedLimit['whose'], kind: LimitKind, id: string): LimitUse {
    return (whose === 'key' ? this.#keys : this.#persons).useOf(kind, id)
  }

  /** Tokens that all keys of a person have used today, at all gateways as last known. */
  tokensOfPerson(personId: string): number {
    return this.#persons.tokensUsed(personId)
  }

  #lease(key: Limited, person: Limited, at: number): Lease {
    let ended = false
    let reserved = 0
    let reservedOfPerson = 0
    const release = () => {
      ended = true
      this.#keys.leave(key)
      this.#persons.leave(person)
    }
    return {
      reserve: (estimate) => {
        if (ended) return null
        const taken = this.#reserve(key, person, estimate)
        if (!isRefusal(taken)) {
          reserved += taken.key
          reservedOfPerson += taken.person
          return null
        }
        release()
        // A refusal by one limit costs nothing under the others.
        this.#keys.giveRequestBack(key, at)
        this.#persons.giveRequestBack(person, at)
        return taken
      },
      end: (tokens) => {
        if (ended) return
        release()
        this.#keys.settle(key, reserved, tokens)
        this.#persons.settle(person, reservedOfPerson, tokens)
        if (tokens > 0) this.#options.onPersonUsed(person.id)
      },
    }
  }

  #reserve(key: Limited, person: Limited, estimate: TokenEstimate): { key: number; person: number } | Refusal {
    const ofKey = this.#keys.reserve(key, estimate)
    if (typeof ofKey !== 'number') return ofKey
    const ofPerson = this.#persons.reserve(person, estimate)
    if (typeof ofPerson === 'number') return { key: ofKey, person: ofPerson }
    this.#options.budgets.release(key.id, ofKey)
    return ofPerson
  }
}
