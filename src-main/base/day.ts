const MINUTE_MS = 60_000
// No local day is longer, also where a zone moved its clocks or crossed the date line.
const LONGEST_DAY_MINUTES = 49 * 60

/** One local day, in milliseconds UTC: from its first moment, to the first moment of the next. */
export interface Day {
  readonly from: number
  readonly to: number
}

/**
 * The day that `now` falls in, as the clocks of an IANA time zone show it: 23 or 25 hours long when they change.
 * Searches for the minute at which the date changes rather than calculating it, because midnight itself does not exist
 * in some zones on some days. Throws a RangeError for a zone that Intl does not know.
 */
export function dayOf(now: number, timeZone: string): Day {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const today = format.format(now)
  const isToday = (minute: number) => format.format(minute * MINUTE_MS) === today
  const minute = Math.floor(now / MINUTE_MS)
  return {
    from: lastWhere(minute, minute - LONGEST_DAY_MINUTES, isToday) * MINUTE_MS,
    to: (lastWhere(minute, minute + LONGEST_DAY_MINUTES, isToday) + 1) * MINUTE_MS,
  }
}

/** Walking from `near` (where it holds) towards `far` (where it does not): the last whole number where it holds. */
function lastWhere(near: number, far: number, holds: (value: number) => boolean): number {
  let yes = near
  let no = far
  while (Math.abs(no - yes) > 1) {
    const middle = Math.trunc((yes + no) / 2)
    if (holds(middle)) yes = middle
    else no = middle
  }
  return yes
}
