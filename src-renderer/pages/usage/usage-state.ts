import { z } from 'zod'
import { dimensionSchema, PERIODS } from '#shared/usage/usage.ts'

export const PERIOD_CHOICES = [...PERIODS, 'range'] as const

/** A day as a date field writes it: `2026-08-01`. */
const day = z.iso.date()

export const usageStateSchema = z.object({
  period: z.enum(PERIOD_CHOICES),
  by: dimensionSchema,
  /** The range's days, both included; whatever stands in their fields. */
  first: z.string(),
  last: z.string(),
  table: z.enum(['values', 'times']),
})
export type UsageState = z.infer<typeof usageStateSchema>

const DAY_MS = 86_400_000
const OLDEST = '2000-01-01'

/** At first a week; the range that it offers is the last 30 days. */
export function firstState(now: number): UsageState {
  return { period: 'week', by: 'model', first: dayOf(now - 29 * DAY_MS), last: dayOf(now), table: 'values' }
}

/** The day on this computer's clock. */
export function dayOf(ms: number): string {
  const at = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

/** The range in ms UTC, `to` not included and absent when it is still to come; null while the fields make none. */
export function rangeOf({ first, last }: UsageState, now: number): { from: number; to?: number } | null {
  if (!day.safeParse(first).success || !day.safeParse(last).success) return null
  if (first < OLDEST || last < first || first > dayOf(now)) return null
  const from = new Date(`${first}T00:00`).getTime()
  const end = new Date(`${last}T00:00`)
  end.setDate(end.getDate() + 1)
  return end.getTime() > now ? { from } : { from, to: end.getTime() }
}
