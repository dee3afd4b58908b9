import type { Revocation } from '#shared/gateway/decisions.ts'
import type { Log } from '../base/log.ts'

interface RevocationsOptions {
  readonly log: Pick<Log, 'warn'>
}

/** Notifies listeners of running streams that must end. */
export class Revocations {
  readonly #log: RevocationsOptions['log']
  readonly #listeners = new Set<(revocation: Revocation) => void>()

  constructor({ log }: RevocationsOptions) {
    this.#log = log
  }

  /** Returns a function that removes the listener. */
  on(listener: (revocation: Revocation) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Never throws, because a failing listener must prevent neither the revocation nor the calls of other listeners. */
  tell(revocation: Revocation): void {
    for (const listener of this.#listeners) {
      try {
        listener(revocation)
      } catch (err) {
        this.#log.warn({ err, ...revocation }, 'could not end running streams')
      }
    }
  }
}
