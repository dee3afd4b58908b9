import { locale, text } from './text.ts'

const kilobytes = new Intl.NumberFormat(locale, { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 0 })
const megabytes = new Intl.NumberFormat(locale, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 })
const number = new Intl.NumberFormat(locale)
const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
const seconds = new Intl.NumberFormat(locale, {
  style: 'unit',
  unit: 'second',
  unitDisplay: 'narrow',
  maximumFractionDigits: 2,
})
const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short' })
const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 })
const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' })
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' })
const and = new Intl.ListFormat(locale, { type: 'conjunction' })

const collator = new Intl.Collator(locale, { numeric: true })

/** Sorts by the rules of the person's language, numbers by value: 2 before 10. */
export const compareTexts = collator.compare
export const formatNumber = (value: number) => number.format(value)
/** `1.2K`, for small spaces with the exact number nearby. */
export const formatCompact = (value: number) => compact.format(value)
export const formatDate = (ms: number) => date.format(ms)
export const formatDateTime = (ms: number) => dateTime.format(ms)
/** `1.25s`, from milliseconds. */
export const formatSeconds = (ms: number) => seconds.format(ms / 1000)
/** A time of day with seconds. */
export const formatClock = (ms: number) => clock.format(ms)
export const formatBytes = (bytes: number) =>
  bytes < 1_000_000 ? kilobytes.format(bytes / 1000) : megabytes.format(bytes / 1_000_000)
export const formatTime = (ms: number) => time.format(ms)
/** `12%`, from 0.12. */
export const formatShare = (part: number) => share.format(part)
/** With a capital first letter. */
export const capitalise = (words: string) => words.charAt(0).toLocaleUpperCase(locale) + words.slice(1)
export const formatList = (words: readonly string[]) => and.format(words)

/** `80ms`, `1.2s` or `4.5 mins`, from milliseconds. */
export function formatDuration(ms: number): string {
  const [unit, value] = ms < 100 ? ['millisecond', ms] : ms < 60_000 ? ['second', ms / 1000] : ['minute', ms / 60_000]
  const words = new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    // The narrow unit of a minute is `m`, which also means metre.
    unitDisplay: unit === 'minute' ? 'short' : 'narrow',
    maximumFractionDigits: value < 10 && unit !== 'millisecond' ? 1 : 0,
  }).format(value)
  // No line break between the number and its unit.
  return words.replace(' ', '\u00a0')
}

/** `€12.30`. Amounts below 1 have two significant digits. */
export function formatMoney(value: number, currency: string): string {
  const small = value > 0 && value < 1 ? { maximumSignificantDigits: 2 } : {}
  return new Intl.NumberFormat(locale, { style: 'currency', currency, ...small }).format(value)
}

/** Days from today to the day of a time on this computer's clock: 0 for today, 1 for tomorrow. */
export function daysUntil(ms: number, now: number): number {
  // Days have 23 to 25 hours where clocks change.
  return Math.round((new Date(ms).setHours(0, 0, 0, 0) - new Date(now).setHours(0, 0, 0, 0)) / 86_400_000)
}

const UNITS: readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** `5 min ago`, from milliseconds UTC. */
export function formatAgo(ms: number, now = Date.now()): string {
  const seconds = Math.round((now - ms) / 1000)
  const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? []
  if (unit === undefined || length === undefined) return text.words.justNow
  return relative.format(-Math.floor(seconds / length), unit)
}

/** A usage bucket (`2026-08-01T13:00`, `2026-08-01` or `2026-08`) as a short label for a chart's axis. */
export function formatBucket(bucket: string): string {
  const [year = 0, month = 1, day = 1, hour = 0] = bucket.split(/[-T:]/).map(Number)
  // Parsed and formatted as UTC, because the bucket is in the person's time zone already.
  const at = Date.UTC(year, month - 1, day, hour)
  const style: Intl.DateTimeFormatOptions = bucket.includes('T')
    ? { hour: 'numeric', minute: '2-digit' }
    : bucket.length > 7
      ? { day: 'numeric', month: 'short' }
      : { month: 'short', year: 'numeric' }
  return new Intl.DateTimeFormat(locale, { ...style, timeZone: 'UTC' }).format(at)
}

/** The day in a time zone in the format of a bucket: `2026-08-01`. */
export function dayIn(timeZone: string, ms: number): string {
  // The Swedish date format is that of ISO 8601.
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(ms)
}
