const FRESH_MS = 60_000

/**
 * IANA name of this computer's time zone. Asked of the system once a minute, because a laptop travels; not each time,
 * because the answer takes 40 µs and every exchange wants it.
 */
export function createTimeZone({ now }: { now: () => number }): () => string {
  let name = ''
  let readAt = Number.NEGATIVE_INFINITY
  return () => {
    if (now() - readAt >= FRESH_MS) {
      readAt = now()
      name = Intl.DateTimeFormat().resolvedOptions().timeZone
    }
    return name
  }
}
