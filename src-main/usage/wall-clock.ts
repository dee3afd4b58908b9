import { PersonError } from '#shared/person-error.ts'

/** Reads a moment (ms UTC) off the clock on the wall of a time zone: ms since 1970 as if that clock were UTC's. */
export type WallClock = (time: number) => number

const CLOCKS = new Map<string, WallClock>()
// There are some 600 names; a caller who makes up spellings must not fill the memory.
const MAX_CLOCKS = 700
/** Reading it takes 10 µs, and each report of a month asks for the same 300 moments. */
const MAX_KNOWN = 500

/** The clock of an IANA time zone. Throws a PersonError `time_zone_unknown`. */
export function wallClock(timeZone: string): WallClock {
  const known = CLOCKS.get(timeZone)
  if (known !== undefined) return known
  const clock = createWallClock(timeZone)
  if (CLOCKS.size >= MAX_CLOCKS) CLOCKS.clear()
  CLOCKS.set(timeZone, clock)
  return clock
}

function createWallClock(timeZone: string): WallClock {
  const format = formatOf(timeZone)
  const read = (time: number) => {
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
    for (const { type, value } of format.formatToParts(time)) parts[type] = Number(value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second)
  }
  const known = new Map<number, number>()
  return (time) => {
    const before = known.get(time)
    if (before !== undefined) return before
    const wall = read(time)
    if (known.size >= MAX_KNOWN) known.clear()
    known.set(time, wall)
    return wall
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
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
  } catch (cause) {
    throw new PersonError('time_zone_unknown', 'This time zone is not known; use a name such as Europe/Berlin.', {
      cause,
    })
  }
}
