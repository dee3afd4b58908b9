import type { KeyRing } from './key-ring.ts'

interface KeyExpiryOptions {
  readonly ring: KeyRing
  readonly now: () => number
  readonly revoke: (keyId: string) => void
}

// Timers stand still while a computer sleeps, clocks are set, and setTimeout overflows at 2^31 ms (24.8 days): so the
// clock is looked at again at least this often while any key is going to expire.
const LONGEST_WAIT_MS = 60_000

/** Ends what runs with a key at the moment the key expires. One timer for all keys. */
export class KeyExpiry {
  readonly #options: KeyExpiryOptions
  #timer: NodeJS.Timeout | undefined
  #lookedAt: number

  constructor(options: KeyExpiryOptions) {
    this.#options = options
    this.#lookedAt = options.now()
    this.watch()
  }

  /** To be called after each change of a key. */
  watch(): void {
    clearTimeout(this.#timer)
    const now = this.#options.now()
    const next = Math.min(...this.#ends().filter((end) => end > now))
    if (next === Number.POSITIVE_INFINITY) return
    this.#timer = setTimeout(() => this.#look(), Math.min(next - now, LONGEST_WAIT_MS))
    this.#timer.unref()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #look(): void {
    const now = this.#options.now()
    for (const { stored } of this.#options.ring.live()) {
      const end = stored.key.expiresAt
      if (end !== null && end > this.#lookedAt && end <= now) this.#options.revoke(stored.key.id)
    }
    this.#lookedAt = now
    this.watch()
  }

  #ends(): number[] {
    return this.#options.ring.live().flatMap(({ stored }) => stored.key.expiresAt ?? [])
  }
}
