const MINUTE_MS = 60_000
// No local day is longer, even where a zone moved its clocks or crossed the date line.
const LONGEST_DAY_MINUTES = 49 * 60

/** One local day, in milliseconds UTC: from its first moment, to the first moment of the next. */
export interface Day {
  readonly from: number
  readonly to: number
}

/**
 * The day that contains `now` (ms UTC) in this computer's time zone; it has 23 or 25 hours when the clocks change.
 * Searches for the minute at which the date changes instead of calculating it, because in some zones midnight does not
 * exist on some days. Does without Intl, whose first use takes 30 ms, a tenth of the start.
 */
export function localDayOf(now: number): Day {
  const today = new Date(now).toDateString()
  const isToday = (minute: number) => new Date(minute * MINUTE_MS).toDateString() === today
  const minute = Math.floor(now / MINUTE_MS)
  return {
    from: lastWhere(minute, minute - LONGEST_DAY_MINUTES, isToday) * MINUTE_MS,
    to: (lastWhere(minute, minute + LONGEST_DAY_MINUTES, isToday) + 1) * MINUTE_MS,
  }
}

/**
 * The last whole number between `near` (where `holds` is true) and `far` (where it is false) for which `holds` is true.
 */
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
