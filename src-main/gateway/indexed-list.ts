/** An item of an IndexedList. The list can remove it without a search. */
export interface Indexed {
  /** The item's index. Only the list uses it. */
  index: number
}

/**
 * A list for items that are added and removed constantly. Not a Set: V8 leaves each outgrown table of a Set pointing to
 * its successor. Once such a table is old, everything that was ever in a later one survives every minor garbage
 * collection. With a few dozen parallel requests this cost a tenth of all processor time and 100 MB
 * (docs/optimisations.md).
 */
export class IndexedList<T extends Indexed> implements Iterable<T> {
  readonly #all: T[] = []

  get size(): number {
    return this.#all.length
  }

  add(one: T): void {
    one.index = this.#all.push(one) - 1
  }

  /** Removes an item; the last item moves to its index. Returns false if the item is not in the list. */
  delete(one: T): boolean {
    if (this.#all[one.index] !== one) return false
    const last = this.#all.pop() as T
    if (last === one) return true
    this.#all[one.index] = last
    last.index = one.index
    return true
  }

  /** Iterates over a copy, so that removing items meanwhile skips none. */
  [Symbol.iterator](): Iterator<T> {
    return [...this.#all][Symbol.iterator]()
  }
}
