import { z } from 'zod'

export const PERIODS = ['day', 'week', 'month', 'all'] as const
export const periodSchema = z.enum(PERIODS)
export type Period = z.infer<typeof periodSchema>

export const DIMENSIONS = ['model', 'key', 'origin'] as const
export const dimensionSchema = z.enum(DIMENSIONS)
export type Dimension = z.infer<typeof dimensionSchema>

/** Sums over some exchanges, `refused` being a part of `requests`. Tokens count only what answers said; `unmetered` says how many answers said nothing. */
export const usageSumsSchema = z.object({
  requests: z.number().int(),
  refused: z.number().int(),
  promptTokens: z.number().int(),
  completionTokens: z.number().int(),
  totalTokens: z.number().int(),
  unmetered: z.number().int(),
})
export type UsageSums = z.infer<typeof usageSumsSchema>

/** One row: a bucket of time and one value of the dimension. */
export const usageRowSchema = usageSumsSchema.extend({
  /** Start of the bucket in the report's time zone: `2026-08-01T13:00`, `2026-08-01` or `2026-08`. */
  bucket: z.string(),
  /** The model, key id or origin; `` (empty) where the exchange had none. */
  value: z.string(),
  /** How the UI calls it: the key's name, the site's label. */
  label: z.string(),
})

export const usageReportSchema = z.object({
  period: periodSchema,
  by: dimensionSchema,
  /** IANA name of the time zone in which days are cut. */
  timeZone: z.string(),
  /** Range in milliseconds UTC: from included, to excluded. */
  from: z.number().int(),
  to: z.number().int(),
  /** Every bucket of the range in order, also those without use. */
  buckets: z.array(z.string()),
  rows: z.array(usageRowSchema),
  totals: usageSumsSchema,
})
export type UsageReport = z.infer<typeof usageReportSchema>
