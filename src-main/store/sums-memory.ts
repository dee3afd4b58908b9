import type { SummedBy, ValueSums } from '#shared/usage-sums.ts'

/**
 * Sums that were read a moment ago, of stretches of time that are over: while a person looks at a report it is asked
 * for again and again, and only its last bucket has changed.
 */
export interface SumsMemory {
  /** What is remembered, else what `read` gives. */
  of(by: SummedBy, range: { from: number; to: number }, read: () => ValueSums[]): readonly ValueSums[]
  /** Forgets what ends after a quarter: something is added there. */
  changedAt(quarter: number): void
}

/** Some 10 MB. */
const MOST_ROWS = 60_000

/** `over`: the quarter up to which nothing is being added any more, as far as is known. */
export function createSumsMemory(over: number): SumsMemory {
  const remembered = new Map<string, { readonly to: number; readonly sums: readonly ValueSums[] }>()
  let rows = 0
  let changedAt = over

  function forget(name: string, sums: readonly ValueSums[]): void {
    remembered.delete(name)
    rows -= sums.length
  }

  return {
    of(by, { from, to }, read) {
      const name = `${by} ${from} ${to}`
      const known = remembered.get(name)
      if (known !== undefined) return known.sums
      const sums = read()
      // What is still being added to would be forgotten at once.
      if (to > changedAt) return sums
      for (const [oldest, { sums: old }] of remembered) {
        if (rows + sums.length <= MOST_ROWS) break
        forget(oldest, old)
      }
      if (sums.length <= MOST_ROWS) {
        remembered.set(name, { to, sums })
        rows += sums.length
      }
      return sums
    },
    changedAt(quarter) {
      changedAt = Math.max(changedAt, quarter)
      for (const [name, { to, sums }] of remembered) if (to > quarter) forget(name, sums)
    },
  }
}
