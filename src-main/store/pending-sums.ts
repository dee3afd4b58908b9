import type { SummedRow } from './exchange-row.ts'
import { type Gathered, gather, gatherAt, placeOf } from './gathered-sums.ts'
import { PlaceMap } from './place-map.ts'
import type { QuarterPlace } from './sum-rows.ts'
import type { Terms } from './terms.ts'

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

export function createPendingSums(terms: Terms): PendingSums {
  /** In the order in which they began: a set keeps it. */
  const pending = new Set<Pending>()
  const byPlace = new PlaceMap<Pending>()

  function begin(place: QuarterPlace, first: number): Pending {
    const sums = { ...gatherAt(place), first, last: first }
    pending.add(sums)
    byPlace.set(place, sums)
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
      const place = placeOf(row)
      const sums = byPlace.get(place) ?? begin(place, number)
      gather(sums, row, terms)
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
        byPlace.delete(one)
      }
    },
  }
}
