import type { SummedRow } from '../tables/exchange-row.ts'
import type { InternedStrings } from '../tables/interned-strings.ts'
import { type Gathered, gather, gatherAt, sumKeyOf } from './gathered-sums.ts'
import { SumKeyMap } from './sum-key-map.ts'
import type { SumKey } from './sum-rows.ts'

/** Sums of exchanges by number: of some from the first to the last, and of no other between these. */
export interface Pending extends Gathered {
  readonly first: number
  last: number
}

/**
 * Sums that are not in the file yet. In a quarter hour much use goes into few rows: gathered here, each of them is
 * written once and not with every batch. The exchanges themselves are in the file, so that a crash loses none of it.
 */
export interface PendingSums {
  /** Adds an exchange that is in the file. */
  add(row: SummedRow, number: number): void
  /** Those that have waited longest. */
  oldest(limit: number): Pending[]
  /** Those of quarters before one. */
  before(quarter: number, limit: number): Pending[]
  /** `from` included, `to` excluded. */
  within(from: number, to: number): Pending[]
  firstQuarter(): number | undefined
  /** The first number that is in any but these. */
  firstBeside(sums: readonly Pending[]): number | undefined
  /** How many rows they will be. */
  size(): number
  /** What is in the file now, or is not to come there. */
  drop(sums: readonly Pending[]): void
}

export function createPendingSums(strings: InternedStrings): PendingSums {
  /** In the order in which they began: a set keeps it. */
  const pending = new Set<Pending>()
  const byKey = new SumKeyMap<Pending>()

  function begin(sumKey: SumKey, first: number): Pending {
    const sums = { ...gatherAt(sumKey), first, last: first }
    pending.add(sums)
    byKey.set(sumKey, sums)
    return sums
  }

  function some(limit: number, isOne: (sums: Pending) => boolean): Pending[] {
    const found: Pending[] = []
    for (const sums of pending) {
      if (found.length === limit) break
      if (isOne(sums)) found.push(sums)
    }
    return found
  }

  return {
    add(row, number) {
      const sumKey = sumKeyOf(row)
      const sums = byKey.get(sumKey) ?? begin(sumKey, number)
      gather(sums, row, strings)
      sums.last = number
    },
    oldest: (limit) => some(limit, () => true),
    before: (quarter, limit) => some(limit, (sums) => sums.quarter < quarter),
    within: (from, to) => some(Number.POSITIVE_INFINITY, ({ quarter }) => quarter >= from && quarter < to),
    firstQuarter() {
      let first: number | undefined
      for (const { quarter } of pending) first = Math.min(first ?? quarter, quarter)
      return first
    },
    firstBeside(sums) {
      const these = new Set(sums)
      return some(1, (one) => !these.has(one))[0]?.first
    },
    size: () => pending.size,
    drop(sums) {
      for (const one of sums) {
        pending.delete(one)
        byKey.delete(one)
      }
    },
  }
}
