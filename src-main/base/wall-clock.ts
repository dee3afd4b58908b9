/** Reads a moment (ms UTC) off the clock on the wall of a time zone: ms since 1970 as if that clock were UTC's. */
export type WallClock = (time: number) => number

// There are some 600 names; a caller who makes up spellings must not fill the memory.
const MAX_CLOCKS = 700
/** Reading it takes 10 µs, and each report of a month asks for the same 300 moments. */
const MAX_KNOWN = 500

/** The clock of an IANA time zone. Throws a RangeError for a zone that Intl does not know. */
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

/** Reads each thing once, until there are too many. */
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
