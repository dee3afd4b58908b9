import type { ExchangeContext } from './exchange-context.ts'

/**
 * The exchanges under way. Not a Set: V8 leaves each outgrown table of a Set pointing to its successor, and once such a
 * table has grown old, everything that ever was in a later one outlives every quick garbage collection. With a few
 * dozen requests at once that cost a tenth of all processor time and 100 MB (docs/performance.md).
 */
export class RunningExchanges implements Iterable<ExchangeContext> {
  readonly #exchanges: ExchangeContext[] = []

  get size(): number {
    return this.#exchanges.length
  }

  add(context: ExchangeContext): void {
    context.place = this.#exchanges.push(context) - 1
  }

  /** The last one takes the place that becomes free. */
  delete(context: ExchangeContext): void {
    const last = this.#exchanges.pop()
    if (last === undefined || last === context) return
    this.#exchanges[context.place] = last
    last.place = context.place
  }

  /** Of those under way now: ending one while they are gone through skips none. */
  [Symbol.iterator](): Iterator<ExchangeContext> {
    return [...this.#exchanges][Symbol.iterator]()
  }
}
