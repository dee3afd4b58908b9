/** How long an answered page is remembered, so that reopening its tab does not ask the person again. */
const KEPT_MS = 3_600_000
const MOST_KEPT = 200

interface Known {
  readonly until: number
  readonly isUsed: boolean
}

/** Remembers which pages of the code grant have asked, by hash. Times are on the monotonic clock. */
export class AnsweredPages {
  readonly #monotonic: () => number
  readonly #known = new Map<string, Known>()

  constructor(options: { monotonic: () => number }) {
    this.#monotonic = options.monotonic
  }

  /** Records that the page has asked. */
  know(page: string): void {
    this.#put(page, false)
  }

  /** Records that the page has its answer. It gets no second one. */
  use(page: string): void {
    this.#put(page, true)
  }

  isKnown(page: string): boolean {
    return this.#find(page) !== undefined
  }

  isUsed(page: string): boolean {
    return this.#find(page)?.isUsed === true
  }

  #find(page: string): Known | undefined {
    const known = this.#known.get(page)
    return known !== undefined && this.#monotonic() < known.until ? known : undefined
  }

  #put(page: string, isUsed: boolean): void {
    this.#known.delete(page)
    this.#known.set(page, { until: this.#monotonic() + KEPT_MS, isUsed })
    const oldest = this.#known.keys().next()
    if (this.#known.size > MOST_KEPT && !oldest.done) this.#known.delete(oldest.value)
  }
}
