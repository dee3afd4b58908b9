/** Converts a time (ms UTC) into the local time of a zone: ms since 1970 as if the zone's clock showed UTC. */
export type WallClock = (time: number) => number

// There are about 600 names. A caller that invents spellings must not fill the memory.
const MAX_CLOCKS = 700
/** A conversion takes 10 µs, and each report of a month needs the same 300. */
const MAX_KNOWN = 500

/** The converter of an IANA time zone. Throws a RangeError for a zone that Intl does not know. */
export const wallClock: (timeZone: string) => WallClock = remembering(MAX_CLOCKS, createWallClock)

function createWallClock(timeZone: string): WallClock {
  const format = formatOf(timeZone)
  return remembering(MAX_KNOWN, (time) => {
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
    for (const { type, value } of format.formatToParts(time)) parts[type] = Number(value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second)
  })
}

/** Caches up to `most` results of `read`. */
function remembering<K, V>(most: number, read: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>()
  return (key) => {
    const before = known.get(key)
    if (before !== undefined) return before
    const found = read(key)
    if (known.size >= most) known.clear()
    known.set(key, found)
    return found
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
}
