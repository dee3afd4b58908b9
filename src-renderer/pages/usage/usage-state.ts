import { z } from 'zod'
import { dimensionSchema, PERIODS } from '#shared/usage/usage.ts'

export const PERIOD_CHOICES = [...PERIODS, 'range'] as const

/** A day in the format of a date field: `2026-08-01`. */
const day = z.iso.date()

export const usageStateSchema = z.object({
  period: z.enum(PERIOD_CHOICES),
  by: dimensionSchema,
  /** The first and last day of the range, as typed, both inclusive. */
  first: z.string(),
  last: z.string(),
  table: z.enum(['values', 'times']),
  /** The id of the person whose usage is shown; empty for everybody. */
  person: z.string(),
})
export type UsageState = z.infer<typeof usageStateSchema>

const DAY_MS = 86_400_000
const OLDEST = '2000-01-01'

/** The initial state: a week. The range is prefilled with the last 30 days. */
export function firstState(now: number): UsageState {
  return { period: 'week', by: 'model', first: dayOf(now - 29 * DAY_MS), last: dayOf(now), table: 'values', person: '' }
}

/** The day of a time on this computer's clock. */
export function dayOf(ms: number): string {
  const at = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

/**
 * The range in ms UTC. `to` is exclusive and absent if it is in the future. null if the fields are not a valid range.
 */
export function rangeOf({ first, last }: UsageState, now: number): { from: number; to?: number } | null {
  if (!day.safeParse(first).success || !day.safeParse(last).success) return null
  if (first < OLDEST || last < first || first > dayOf(now)) return null
  const from = new Date(`${first}T00:00`).getTime()
  const end = new Date(`${last}T00:00`)
  end.setDate(end.getDate() + 1)
  return end.getTime() > now ? { from } : { from, to: end.getTime() }
}
