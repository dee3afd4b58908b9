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
      name = usable(Intl.DateTimeFormat().resolvedOptions().timeZone)
    }
    return name
  }
}

/**
 * With a `TZ` that Intl does not know (`UTC+3`, `:/etc/localtime`) it names no zone, and with an empty one a zone
 * (`Etc/Unknown`) that it then refuses: days are those of UTC there.
 */
function usable(name: string | undefined): string {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name ?? 'UTC' }).resolvedOptions().timeZone
  } catch {
    return 'UTC'
  }
}
