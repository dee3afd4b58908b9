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

/** A site, program or model that used a key. */
export const keyPlaceSchema = z.object({
  /** An origin, a user-agent family or a model, as recorded. */
  value: z.string(),
  /** Stored requests that were not refused. */
  requests: z.number().int(),
  lastAt: z.number().int(),
})
export type KeyPlace = z.infer<typeof keyPlaceSchema>

const places = z.object({
  /** Latest first. */
  places: z.array(keyPlaceSchema),
  /** The number of older places that are not listed. */
  others: z.number().int(),
})

/** Where a key was used, from the exchanges that are still stored. */
export const keyPlacesSchema = z.object({
  sites: places,
  programs: places,
  models: places,
  /** Requests before this time (ms UTC) were not counted, because there are too many; null if all were. */
  since: z.number().int().nullable(),
})
export type KeyPlaces = z.infer<typeof keyPlacesSchema>
