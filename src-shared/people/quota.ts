import { z } from 'zod'
import { allowanceSchema } from '../keys/key-use.ts'
import { personFieldShape } from './person-fields.ts'
import { personIdSchema } from './person-id.ts'

const { name, models, origins, online, hours, requestsPerMinute, tokensPerDay, concurrency } = personFieldShape

/** What all keys of a person share: their limits and lists, and what is left of the limits now. */
export const quotaSchema = z.object({
  personId: personIdSchema,
  name,
  models,
  origins,
  online,
  hours,
  requestsPerMinute,
  tokensPerDay,
  concurrency,
  /** `tokensToday` starts anew at `dayEndsAt`. */
  left: allowanceSchema,
})
export type Quota = Readonly<z.infer<typeof quotaSchema>>

/** The part of the tokens per day from which the person is warned. */
export const WARNED_AT = 0.8

/** The part of the tokens per day that the person has used: from 0 to 1. null without such a limit. */
export function usedToday({ tokensPerDay, left }: Pick<Quota, 'tokensPerDay' | 'left'>): number | null {
  return tokensPerDay === null || left.tokensToday === null ? null : 1 - left.tokensToday / tokensPerDay
}
