import { z } from 'zod'

/** A limit that a key has reached, about which the person is asked. */
export const limitQuestionSchema = z.object({
  keyId: z.string(),
  limit: z.enum(['requestsPerMinute', 'tokensPerDay', 'concurrency']),
})
export type LimitQuestion = z.infer<typeof limitQuestionSchema>
export type AskedLimit = LimitQuestion['limit']
