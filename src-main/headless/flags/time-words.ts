import { plural } from '#shared/text/plural.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const UNITS: Readonly<Record<string, number>> = { m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY }

/** A time relative to now: `3 minutes ago`, `in 30 days`, `never`. Times are ms UTC. */
export function relativeTime(time: number | null, now: number): string {
  if (time === null) return 'never'
  const distance = Math.abs(time - now)
  if (distance < MINUTE) return time <= now ? 'just now' : 'in a moment'
  const amount = plainAmount(distance)
  return time <= now ? `${amount} ago` : `in ${amount}`
}

function plainAmount(distance: number): string {
  if (distance < HOUR) return plural(Math.round(distance / MINUTE), 'minute')
  if (distance < 2 * DAY) return plural(Math.round(distance / HOUR), 'hour')
  return plural(Math.round(distance / DAY), 'day')
}

/** Milliseconds of `30m`, `12h`, `30d` or `4w`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,6})([mhdw])$/.exec(text.trim().toLowerCase())
  const unit = UNITS[match?.[2] ?? '']
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit
}
