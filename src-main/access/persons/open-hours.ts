import type { Refusal } from '#shared/gateway/decisions.ts'

const MINUTE_MS = 60_000

/** Minutes since midnight by the clock on the wall. */
interface OpenHours {
  readonly from: number
  readonly to: number
}

/** The parts of the day in which a person's keys work, in this computer's time zone. */
export class OpenHoursRule {
  readonly #hours: readonly OpenHours[]
  /** It is open at least in this span (ms UTC), so that most requests look at no clock on the wall. */
  #openFrom = 0
  #openUntil = 0

  constructor(hours: readonly string[]) {
    this.#hours = hours.map(parse)
  }

  /** null while it is open. The refusal says when it opens again. */
  refusalAt(now: number): Refusal | null {
    if (now >= this.#openFrom && now < this.#openUntil) return null
    const local = new Date(now)
    const minute = local.getHours() * 60 + local.getMinutes()
    if (!this.#hours.some((hours) => includes(hours, minute))) return this.#closedAt(now)
    this.#openFrom = now
    // Parts of a day begin and end at whole minutes, and so do changes of a clock.
    this.#openUntil = (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS
    return null
  }

  #closedAt(now: number): Refusal {
    const times = this.#hours.map(({ from }) => ({ from, at: nextTime(from, now) }))
    const next = times.reduce((first, other) => (other.at < first.at ? other : first))
    return { refused: 'person_hours', detail: clock(next.from), retryAfter: Math.ceil((next.at - now) / 1000) }
  }
}

function parse(text: string): OpenHours {
  return { from: minuteOf(text.slice(0, 5)), to: minuteOf(text.slice(6)) }
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

/** A part that ends before it begins goes past midnight. */
function includes({ from, to }: OpenHours, minute: number): boolean {
  return from < to ? from <= minute && minute < to : from <= minute || minute < to
}

/** The next moment (ms UTC) at which the clock on the wall shows this minute. */
function nextTime(minute: number, now: number): number {
  const time = new Date(now)
  time.setHours(0, minute, 0, 0)
  if (time.getTime() <= now) time.setDate(time.getDate() + 1)
  return time.getTime()
}

function clock(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':')
}
