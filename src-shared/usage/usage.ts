import { z } from 'zod'
import { personIdSchema, REMOVED_PERSON } from '../people/person-id.ts'
import { INPUT_SENTENCES } from '../text/input-sentence.ts'

export const PERIODS = ['day', 'week', 'month', 'all'] as const
export const periodSchema = z.enum(PERIODS)
export type Period = z.infer<typeof periodSchema>

export const DIMENSIONS = ['model', 'key', 'origin', 'route', 'person'] as const
export const dimensionSchema = z.enum(DIMENSIONS)
export type Dimension = z.infer<typeof dimensionSchema>

/** Maximum relative error of a median or p95: 0.05 is 5 % either way. */
export const TIMING_ERROR = 0.05

/** A time in a query: ms UTC. */
const instant = z.coerce.number().int().min(0).max(8_640_000_000_000_000)

/** A person with usage: an id, or `REMOVED_PERSON` for everybody who was removed. */
export const usagePersonSchema = z.union([personIdSchema, z.literal(REMOVED_PERSON)])

/** The query of a usage report. `from` takes precedence over `period`. */
export const usageQuerySchema = z
  .object({
    period: periodSchema.default('day'),
    by: dimensionSchema.default('model'),
    /** Only the usage of this person. */
    person: usagePersonSchema.optional(),
    /** Only the usage of these keys: one key id or several, separated by commas. */
    key: z.string().max(4000).optional(),
    /** IANA name; by default the core's own time zone. */
    timeZone: z.string().max(60).optional(),
    /** Rounded down to a quarter hour. */
    from: instant.optional(),
    /** Exclusive, rounded up to a quarter hour; by default now. */
    to: instant.optional(),
  })
  .refine(({ from, to }) => to === undefined || (from !== undefined && from < to), {
    message: INPUT_SENTENCES.range_wrong,
  })
export type UsageQuery = z.output<typeof usageQuerySchema>

/**
 * Sums over a set of exchanges. `refused` is part of `requests`. Token sums include only reported counts; `unmetered`
 * is the number of answers without counts.
 */
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

/**
 * Response times. null if no exchange has them: there are no exchanges, or all are from older versions that did not
 * store them.
 */
const timingSchema = z.object({
  /** From the request's arrival to the first byte of its answer. Refused requests are excluded here and below. */
  firstByteMs: quantilesSchema.nullable(),
  /** From the request's arrival to its end. */
  durationMs: quantilesSchema.nullable(),
  /** Completion tokens per second, over the answers that reported counts. */
  tokensPerSecond: z.number().nullable(),
})

export const timedSumsSchema = usageSumsSchema.extend(timingSchema.shape)
export type TimedSums = z.infer<typeof timedSumsSchema>

/** One row: a bucket of time and one value of the dimension. */
export const usageRowSchema = usageSumsSchema.extend({
  /** Start of the bucket in the report's time zone: `2026-08-01T13:00`, `2026-08-01` or `2026-08`. */
  bucket: z.string(),
  /** The model, key id, origin, route or person's id; empty if the exchange had none. */
  value: z.string(),
  /** The name in the UI: the key's name or the site's label. */
  label: z.string(),
})

export const usageReportSchema = z.object({
  period: z.enum([...PERIODS, 'range']),
  by: dimensionSchema,
  /** IANA name of the time zone whose days the report uses. */
  timeZone: z.string(),
  /** Milliseconds UTC; `from` is inclusive, `to` exclusive. */
  from: z.number().int(),
  to: z.number().int(),
  /** Every bucket of the range in order, including empty ones. */
  buckets: z.array(z.string()),
  /** By bucket, then by tokens, most first. */
  rows: z.array(usageRowSchema),
  /** The total of each value, most tokens first. */
  values: z.array(timedSumsSchema.extend({ value: z.string(), label: z.string() })),
  /** The total of each bucket in order, including empty ones. */
  series: z.array(timedSumsSchema.extend({ bucket: z.string() })),
  totals: timedSumsSchema,
  /**
   * The preceding period up to the same point: on Wednesday noon, last week up to Wednesday noon. For a range, the same
   * length of time before it. null for `all`.
   */
  previous: timedSumsSchema.extend({ from: z.number().int(), to: z.number().int() }).nullable(),
})
export type UsageReport = z.infer<typeof usageReportSchema>
