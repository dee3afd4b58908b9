/** A readers-writer lock: shared work runs concurrently, exclusive work runs alone. */
export class SharedLock {
  readonly #running = new Set<Promise<unknown>>()
  #alone: Promise<void> | undefined

  /**
   * Runs `work` as soon as no exclusive work runs or waits. Must not be nested in other shared work: if exclusive work
   * waited in between, each would wait for the other.
   */
  async shared<T>(work: () => Promise<T>): Promise<T> {
    while (this.#alone !== undefined) await this.#alone
    const answer = work()
    const leave = () => this.#running.delete(settled)
    const settled: Promise<unknown> = answer.then(leave, leave)
    this.#running.add(settled)
    return answer
  }

  /** Waits for the running work, then runs `work` alone. Later work waits. */
  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    while (this.#alone !== undefined) await this.#alone
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#alone = promise
    try {
      await Promise.all(this.#running)
      return await work()
    } finally {
      this.#alone = undefined
      resolve()
    }
  }
}
