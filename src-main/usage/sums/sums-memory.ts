import type { SummedBy } from '#shared/usage/usage-sums.ts'

export interface SumsMemoryOptions {
  /** The initial value of `over`. */
  readonly over: number
  /** The maximum number of cached rows. */
  readonly mostRows: number
}

/**
 * Caches sums of past ranges. While a person looks at a report it is requested repeatedly, and only its last quarter has
 * changed.
 */
export class SumsMemory<R> {
  readonly #remembered = new Map<string, { readonly to: number; readonly sums: readonly R[] }>()
  readonly #mostRows: number
  #rows = 0
  #changedAt: number

  constructor({ over, mostRows }: SumsMemoryOptions) {
    this.#changedAt = over
    this.#mostRows = mostRows
  }

  /** As far as is known, no more usage is added before this quarter. Ranges that end later are not cached. */
  over(): number {
    return this.#changedAt
  }

  /** Returns the cached sums, or else the result of `read`. The sums must not change meanwhile. */
  async of(by: SummedBy, { from, to }: { from: number; to: number }, read: () => Promise<R[]>): Promise<readonly R[]> {
    const name = `${by} ${from} ${to}`
    const known = this.#remembered.get(name)
    if (known !== undefined) return known.sums
    const sums = await read()
    // A range that still changes would be dropped at once.
    if (to <= this.#changedAt) this.#remember(name, to, sums)
    return sums
  }

  /** Drops cached sums that end after a quarter, because that quarter changed. */
  changedAt(quarter: number): void {
    this.#changedAt = Math.max(this.#changedAt, quarter)
    for (const [name, { to, sums }] of this.#remembered) if (to > quarter) this.#forget(name, sums)
  }

  #remember(name: string, to: number, sums: readonly R[]): void {
    for (const [oldest, { sums: old }] of this.#remembered) {
      if (this.#rows + sums.length <= this.#mostRows) break
      this.#forget(oldest, old)
    }
    if (sums.length > this.#mostRows) return
    this.#remembered.set(name, { to, sums })
    this.#rows += sums.length
  }

  #forget(name: string, sums: readonly R[]): void {
    this.#remembered.delete(name)
    this.#rows -= sums.length
  }
}
