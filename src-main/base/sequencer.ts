/** Runs tasks one at a time, so that two changes of the same thing do not overwrite each other. */
export class Sequencer {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs `work` after all earlier tasks, successful or not. Settles like `work`. */
  queue<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work)
    this.#last = mine
    return mine
  }

  /** Resolves when all tasks queued so far have ended. Never rejects. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#last])
  }
}

/** One sequencer per key, which exists only while it has tasks. */
export class SequencerByKey {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs `work` after all earlier tasks of this key, successful or not. Settles like `work`. */
  queue<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve()
    const mine = before.then(work, work)
    this.#last.set(key, mine)
    const leave = () => {
      if (this.#last.get(key) === mine) this.#last.delete(key)
    }
    mine.then(leave, leave)
    return mine
  }

  /** Resolves when no task waits or runs. Never rejects. */
  async settled(): Promise<void> {
    while (this.#last.size > 0) await Promise.allSettled(this.#last.values())
  }
}
