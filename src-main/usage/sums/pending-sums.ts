import type { SumKey, SummedExchange } from '#shared/usage/sum-rows.ts'
import { type Gathered, gather, gatherAt, sumKeyOf } from './gathered-sums.ts'
import { SumKeyMap } from './sum-key-map.ts'

/** Sums of exchanges with the same sum key. `first` and `last` are the lowest and highest number of them. */
export interface Pending extends Gathered {
  readonly first: number
  last: number
}

/**
 * Sums that are not in the store yet. Most exchanges of a quarter hour change the same few rows, so these are collected and
 * written once instead of with every batch. The exchanges themselves are in the store, so a crash loses nothing.
 */
export class PendingSums {
  /** In the order of their first exchanges, which a Set keeps. */
  readonly #pending = new Set<Pending>()
  readonly #byKey = new SumKeyMap<Pending>()

  /** The number of rows. */
  get size(): number {
    return this.#pending.size
  }

  /** Adds an exchange that has been written. */
  add(exchange: SummedExchange, number: number): void {
    const sumKey = sumKeyOf(exchange)
    const sums = this.#byKey.get(sumKey) ?? this.#begin(sumKey, number)
    gather(sums, exchange)
    sums.last = number
  }

  /** The sums that have waited longest. */
  oldest(limit: number): Pending[] {
    return this.#some(limit, () => true)
  }

  /** The sums of quarters before this one. */
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

  /** The lowest exchange number in all sums except these. */
  firstBeside(sums: readonly Pending[]): number | undefined {
    const these = new Set(sums)
    return this.#some(1, (one) => !these.has(one))[0]?.first
  }

  /** Drops sums that have been written or are not wanted. */
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
