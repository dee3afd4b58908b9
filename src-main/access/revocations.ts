import type { Revocation } from '#shared/gateway/decisions.ts'
import type { Log } from '../base/log.ts'

interface RevocationsOptions {
  readonly log: Pick<Log, 'warn'>
}

/** Tells whoever holds running streams which of them must end. */
export class Revocations {
  readonly #log: RevocationsOptions['log']
  readonly #listeners = new Set<(revocation: Revocation) => void>()

  constructor({ log }: RevocationsOptions) {
    this.#log = log
  }

  /** Returns the call that ends the subscription. */
  on(listener: (revocation: Revocation) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Never throws: a listener that fails must not keep a key from being switched off, nor the others from hearing. */
  tell(revocation: Revocation): void {
    for (const listener of this.#listeners) {
      try {
        listener(revocation)
      } catch (err) {
        this.#log.warn({ err, ...revocation }, 'running streams could not be ended')
      }
    }
  }
}
