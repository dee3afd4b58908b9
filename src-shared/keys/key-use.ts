import { z } from 'zod'

const left = z.number().int().nonnegative().nullable()

/** The rest of a key's limits; null if there is no limit. */
export const allowanceSchema = z.object({
  requestsThisMinute: left,
  tokensToday: left,
  atTheSameTime: left,
  /** When the day of `tokensToday` ends: ms UTC. */
  dayEndsAt: z.number().int(),
})
export type Allowance = z.infer<typeof allowanceSchema>

/** A key's remaining limits and its last caller. */
export const keyUseSchema = z.object({
  keyId: z.string(),
  left: allowanceSchema,
  /** The origin and user agent of its last stored exchange; null if none is stored. */
  lastCaller: z.object({ origin: z.string().nullable(), userAgent: z.string().nullable() }).nullable(),
})
export type KeyUse = z.infer<typeof keyUseSchema>
