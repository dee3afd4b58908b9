/** Runs pieces of work one after the other, so that two changes of the same thing do not lose one another. */
export class Sequencer {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs `work` when everything queued earlier has ended, well or not. Settles as `work` does. */
  queue<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work)
    this.#last = mine
    return mine
  }

  /** Resolves when what is queued by now has ended. Never rejects. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#last])
  }
}

/** One sequencer for each key, kept only while it has work. */
export class SequencerByKey {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs `work` when everything queued earlier under this key has ended, well or not. Settles as `work` does. */
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

  /** Resolves when nothing is waiting or running. Never rejects. */
  async settled(): Promise<void> {
    while (this.#last.size > 0) await Promise.allSettled(this.#last.values())
  }
}
