import type { SummedBy } from '#shared/usage/usage-sums.ts'

export interface SumsMemoryOptions {
  /** What `over` says at first. */
  readonly over: number
  /** How many rows are remembered. */
  readonly mostRows: number
}

/**
 * Sums that were read a moment ago, of stretches of time that are over: while a person looks at a report it is asked
 * for again and again, and only its last quarter has changed.
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

  /** The quarter up to which nothing is being added any more, as far as is known: what ends later is not remembered. */
  over(): number {
    return this.#changedAt
  }

  /** What is remembered, else what `read` gives. Nothing may change the sums meanwhile. */
  async of(by: SummedBy, { from, to }: { from: number; to: number }, read: () => Promise<R[]>): Promise<readonly R[]> {
    const name = `${by} ${from} ${to}`
    const known = this.#remembered.get(name)
    if (known !== undefined) return known.sums
    const sums = await read()
    // What is still being added to would be forgotten at once.
    if (to <= this.#changedAt) this.#remember(name, to, sums)
    return sums
  }

  /** Forgets what ends after a quarter: something is added there. */
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
