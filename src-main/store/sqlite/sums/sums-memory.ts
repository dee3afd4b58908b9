import type { SummedBy } from '#shared/usage/usage-sums.ts'

/**
 * Sums that were read a moment ago, of stretches of time that are over: while a person looks at a report it is asked
 * for again and again, and only its last quarter has changed.
 */
export interface SumsMemory<R> {
  /** What is remembered, else what `read` gives. */
  of(by: SummedBy, range: { from: number; to: number }, read: () => R[]): readonly R[]
  /** The quarter up to which nothing is being added any more, as far as is known: what ends later is not remembered. */
  over(): number
  /** Forgets what ends after a quarter: something is added there. */
  changedAt(quarter: number): void
}

export interface SumsMemoryOptions {
  /** What `over` says at first. */
  readonly over: number
  /** How many rows are remembered. */
  readonly mostRows: number
}

export function createSumsMemory<R>({ over, mostRows }: SumsMemoryOptions): SumsMemory<R> {
  const remembered = new Map<string, { readonly to: number; readonly sums: readonly R[] }>()
  let rows = 0
  let changedAt = over

  function forget(name: string, sums: readonly R[]): void {
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
        if (rows + sums.length <= mostRows) break
        forget(oldest, old)
      }
      if (sums.length <= mostRows) {
        remembered.set(name, { to, sums })
        rows += sums.length
      }
      return sums
    },
    over: () => changedAt,
    changedAt(quarter) {
      changedAt = Math.max(changedAt, quarter)
      for (const [name, { to, sums }] of remembered) if (to > quarter) forget(name, sums)
    },
  }
}
