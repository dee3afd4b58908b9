/** Lets pieces of work run side by side, save for one that wants to be alone (a readers-writer lock). */
export class SharedLock {
  readonly #running = new Set<Promise<unknown>>()
  #alone: Promise<void> | undefined

  /**
   * Runs `work`, at once unless another piece is alone or waits to be. Must not be called from within work that already
   * has a part in the lock: with one that waits to be alone between the two, neither would go on.
   */
  async shared<T>(work: () => Promise<T>): Promise<T> {
    while (this.#alone !== undefined) await this.#alone
    const answer = work()
    const leave = () => this.#running.delete(settled)
    const settled: Promise<unknown> = answer.then(leave, leave)
    this.#running.add(settled)
    return answer
  }

  /** Waits for what runs, and then runs `work` alone: what comes meanwhile waits. */
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
