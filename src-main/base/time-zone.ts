const FRESH_MS = 60_000

/**
 * The IANA name of this computer's time zone. Asks the system once a minute: a laptop can change its zone, but the answer
 * takes 40 µs and every exchange needs it.
 */
export class TimeZone {
  readonly #now: () => number
  #name = ''
  #readAt = Number.NEGATIVE_INFINITY

  constructor({ now }: { now: () => number }) {
    this.#now = now
  }

  name(): string {
    if (this.#now() - this.#readAt >= FRESH_MS) {
      this.#readAt = this.#now()
      this.#name = usable(Intl.DateTimeFormat().resolvedOptions().timeZone)
    }
    return this.#name
  }
}

/**
 * For a `TZ` that Intl does not know (`UTC+3`, `:/etc/localtime`) Intl returns no zone, and for an empty one a zone
 * (`Etc/Unknown`) that it does not accept. Days are then those of UTC.
 */
function usable(name: string | undefined): string {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name ?? 'UTC' }).resolvedOptions().timeZone
  } catch {
    return 'UTC'
  }
}
