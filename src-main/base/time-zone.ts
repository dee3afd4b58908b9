const FRESH_MS = 60_000

/**
 * Returns a function for the IANA name of this computer's time zone. It asks the system once a minute, because a laptop
 * can change its zone, and not each time, because the answer takes 40 µs and every exchange needs it.
 */
export function createTimeZone({ now }: { now: () => number }): () => string {
  let name = ''
  let readAt = Number.NEGATIVE_INFINITY
  return () => {
    if (now() - readAt >= FRESH_MS) {
      readAt = now()
      name = usable(Intl.DateTimeFormat().resolvedOptions().timeZone)
    }
    return name
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
