import type { KeyRing } from './key-ring.ts'

interface KeyExpiryOptions {
  readonly ring: KeyRing
  readonly now: () => number
  readonly revoke: (keyId: string) => void
}

// Timers stop while a computer sleeps, clocks change, and setTimeout overflows at 2^31 ms (24.8 days). So the clock is
// checked at least this often while any key is due to expire.
const LONGEST_WAIT_MS = 60_000

/** Ends the running exchanges of a key when it expires. One timer serves all keys. */
export class KeyExpiry {
  readonly #options: KeyExpiryOptions
  #timer: NodeJS.Timeout | undefined
  #lookedAt: number

  constructor(options: KeyExpiryOptions) {
    this.#options = options
    this.#lookedAt = options.now()
    this.watch()
  }

  /** Call after each change of a key. */
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
