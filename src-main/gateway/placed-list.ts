/** What a list keeps of a thing, to take it out without a search. */
export interface Placed {
  /** Where it stands; only the list knows. */
  place: number
}

/**
 * Things that come and go all the time. Not a Set: V8 leaves each outgrown table of a Set pointing to its successor, and
 * once such a table has grown old, everything that ever was in a later one outlives every quick garbage collection. With
 * a few dozen requests at once that cost a tenth of all processor time and 100 MB (docs/performance.md).
 */
export class PlacedList<T extends Placed> implements Iterable<T> {
  readonly #all: T[] = []

  get size(): number {
    return this.#all.length
  }

  add(one: T): void {
    one.place = this.#all.push(one) - 1
  }

  /** The last one takes the place that becomes free. Returns whether it was there. */
  delete(one: T): boolean {
    if (this.#all[one.place] !== one) return false
    const last = this.#all.pop() as T
    if (last === one) return true
    this.#all[one.place] = last
    last.place = one.place
    return true
  }

  /** Of those that are there now: ending one while they are gone through skips none. */
  [Symbol.iterator](): Iterator<T> {
    return [...this.#all][Symbol.iterator]()
  }
}
