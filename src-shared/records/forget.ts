import { z } from 'zod'
import { originInputSchema } from '../origins/origin.ts'

/** What is to be deleted for good: everything that one key or one origin left behind, or all there is. */
export const forgetSchema = z.union([
  z.strictObject({ key: z.string().min(1).max(100) }),
  z.strictObject({ origin: originInputSchema }),
  z.strictObject({ all: z.literal(true) }),
])
export type Forget = z.output<typeof forgetSchema>

export const forgottenSchema = z.object({
  /** Raw exchanges that were deleted. */
  exchanges: z.number().int(),
  /** Backups that were deleted, because what is forgotten was in them. */
  backups: z.number().int(),
})
export type Forgotten = z.infer<typeof forgottenSchema>
