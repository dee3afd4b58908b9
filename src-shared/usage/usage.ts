import { z } from 'zod'
import { INPUT_SENTENCES } from '../text/input-sentence.ts'

export const PERIODS = ['day', 'week', 'month', 'all'] as const
export const periodSchema = z.enum(PERIODS)
export type Period = z.infer<typeof periodSchema>

export const DIMENSIONS = ['model', 'key', 'origin', 'route', 'owner'] as const
export const dimensionSchema = z.enum(DIMENSIONS)
export type Dimension = z.infer<typeof dimensionSchema>

/** By how much a median or p95 of a report may be off, as a part of its value: 0.05 is 5 %, either way. */
export const TIMING_ERROR = 0.05

/** A moment in the query of a request: ms UTC. */
const instant = z.coerce.number().int().min(0).max(8_640_000_000_000_000)

/** What a report is asked for. With `from` it is about that range, whatever `period` says. */
export const usageQuerySchema = z
  .object({
    period: periodSchema.default('day'),
    by: dimensionSchema.default('model'),
    /** IANA name; the core's own zone when absent. */
    timeZone: z.string().max(60).optional(),
    /** Rounded down to a quarter hour. */
    from: instant.optional(),
    /** Not included, rounded up to a quarter hour; now when absent. */
    to: instant.optional(),
  })
  .refine(({ from, to }) => to === undefined || (from !== undefined && from < to), {
    message: INPUT_SENTENCES.range_wrong,
  })
export type UsageQuery = z.output<typeof usageQuerySchema>

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

/** Milliseconds, off by at most `TIMING_ERROR`. */
const quantilesSchema = z.object({ median: z.number(), p95: z.number() })
export type Quantiles = z.infer<typeof quantilesSchema>

/** How fast answers came. null where no exchange tells: none, or all from before such things were kept. */
const timingSchema = z.object({
  /** From the request's arrival to the first byte of its answer. Refused requests do not count, here and below. */
  firstByteMs: quantilesSchema.nullable(),
  /** From the request's arrival to its end. */
  durationMs: quantilesSchema.nullable(),
  /** Completion tokens for each second that the answers which said theirs took. */
  tokensPerSecond: z.number().nullable(),
})

export const timedSumsSchema = usageSumsSchema.extend(timingSchema.shape)
export type TimedSums = z.infer<typeof timedSumsSchema>

/** One row: a bucket of time and one value of the dimension. */
export const usageRowSchema = usageSumsSchema.extend({
  /** Start of the bucket in the report's time zone: `2026-08-01T13:00`, `2026-08-01` or `2026-08`. */
  bucket: z.string(),
  /** The model, key id, origin, route or owner; `` (empty) where the exchange had none. */
  value: z.string(),
  /** How the UI calls it: the key's name, the site's label. */
  label: z.string(),
})

export const usageReportSchema = z.object({
  period: z.enum([...PERIODS, 'range']),
  by: dimensionSchema,
  /** IANA name of the time zone in which days are cut. */
  timeZone: z.string(),
  /** Range in milliseconds UTC: from included, to excluded. */
  from: z.number().int(),
  to: z.number().int(),
  /** Every bucket of the range in order, also those without use. */
  buckets: z.array(z.string()),
  /** In the order of the buckets; within one, the value with most tokens first. */
  rows: z.array(usageRowSchema),
  /** Each value over the whole range, the one with most tokens first. */
  values: z.array(timedSumsSchema.extend({ value: z.string(), label: z.string() })),
  /** Each bucket over all values, in order, also those without use. */
  series: z.array(timedSumsSchema.extend({ bucket: z.string() })),
  totals: timedSumsSchema,
  /**
   * The period before, up to the same point: on a Wednesday noon, last week up to Wednesday noon. For a range, as much
   * time before it. null for `all`.
   */
  previous: timedSumsSchema.extend({ from: z.number().int(), to: z.number().int() }).nullable(),
})
export type UsageReport = z.infer<typeof usageReportSchema>
