import type { SumKey, SummedExchange } from '#shared/usage/sum-rows.ts'
import { type Gathered, gather, gatherAt, sumKeyOf } from './gathered-sums.ts'
import { SumKeyMap } from './sum-key-map.ts'

/** Sums of exchanges by number: of some from the first to the last, and of no other between these. */
export interface Pending extends Gathered {
  readonly first: number
  last: number
}

/**
 * Sums that are not in the store yet. In a quarter hour much use goes into few rows: gathered here, each of them is
 * written once and not with every batch. The exchanges themselves are in the store, so that a crash loses none of it.
 */
export class PendingSums {
  /** In the order in which they began: a set keeps it. */
  readonly #pending = new Set<Pending>()
  readonly #byKey = new SumKeyMap<Pending>()

  /** How many rows they will be. */
  get size(): number {
    return this.#pending.size
  }

  /** Adds an exchange that is in the store. */
  add(exchange: SummedExchange, number: number): void {
    const sumKey = sumKeyOf(exchange)
    const sums = this.#byKey.get(sumKey) ?? this.#begin(sumKey, number)
    gather(sums, exchange)
    sums.last = number
  }

  /** Those that have waited longest. */
  oldest(limit: number): Pending[] {
    return this.#some(limit, () => true)
  }

  /** Those of quarters before one. */
  before(quarter: number, limit: number): Pending[] {
    return this.#some(limit, (sums) => sums.quarter < quarter)
  }

  /** `from` included, `to` excluded. */
  within(from: number, to: number): Pending[] {
    return this.#some(Number.POSITIVE_INFINITY, ({ quarter }) => quarter >= from && quarter < to)
  }

  firstQuarter(): number | undefined {
    let first: number | undefined
    for (const { quarter } of this.#pending) first = Math.min(first ?? quarter, quarter)
    return first
  }

  /** The first number that is in any but these. */
  firstBeside(sums: readonly Pending[]): number | undefined {
    const these = new Set(sums)
    return this.#some(1, (one) => !these.has(one))[0]?.first
  }

  /** What is in the store now, or is not to come there. */
  drop(sums: readonly Pending[]): void {
    for (const one of sums) {
      this.#pending.delete(one)
      this.#byKey.delete(one)
    }
  }

  #begin(sumKey: SumKey, first: number): Pending {
    const sums = { ...gatherAt(sumKey), first, last: first }
    this.#pending.add(sums)
    this.#byKey.set(sumKey, sums)
    return sums
  }

  #some(limit: number, isOne: (sums: Pending) => boolean): Pending[] {
    const found: Pending[] = []
    for (const sums of this.#pending) {
      if (found.length === limit) break
      if (isOne(sums)) found.push(sums)
    }
    return found
  }
}
