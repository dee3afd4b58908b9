import { z } from 'zod'

const left = z.number().int().nonnegative().nullable()

/** What a key may still do now; null where it has no limit. */
export const allowanceSchema = z.object({
  requestsThisMinute: left,
  tokensToday: left,
  atTheSameTime: left,
  /** When the day of `tokensToday` ends: ms UTC. */
  dayEndsAt: z.number().int(),
})
export type Allowance = z.infer<typeof allowanceSchema>

/** How a key is used, besides what usage reports tell. */
export const keyUseSchema = z.object({
  keyId: z.string(),
  left: allowanceSchema,
  /** Who used it last, of the latest exchanges that are kept; null when it is not among them. */
  lastCaller: z.object({ origin: z.string().nullable(), userAgent: z.string().nullable() }).nullable(),
})
export type KeyUse = z.infer<typeof keyUseSchema>
