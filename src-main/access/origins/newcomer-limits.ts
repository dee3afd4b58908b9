const DAY_MS = 86_400_000

type What = 'sites' | 'questions'

/**
 * Counts the new sites that each key adds per day (UTC), because a program with one key can invent any number of them.
 */
export class NewcomerLimits {
  readonly #now: () => number
  readonly #taken = new Map<string, number>()
  #day = 0

  constructor(options: { now: () => number }) {
    this.#now = options.now
  }

  /** Counts one more; returns false if there are `most` already. */
  take(keyId: string, what: What, most: number): boolean {
    const day = Math.floor(this.#now() / DAY_MS)
    if (day !== this.#day) this.#taken.clear()
    this.#day = day
    const name = `${what} ${keyId}`
    const taken = this.#taken.get(name) ?? 0
    if (taken >= most) return false
    this.#taken.set(name, taken + 1)
    return true
  }
}
