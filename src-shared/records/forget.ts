import { z } from 'zod'
import { originInputSchema } from '../origins/origin.ts'

/** The data to delete permanently: that of one key, of one origin, or everything. */
export const forgetSchema = z.union([
  z.strictObject({ key: z.string().min(1).max(100) }),
  z.strictObject({ origin: originInputSchema }),
  z.strictObject({ all: z.literal(true) }),
])
export type Forget = z.output<typeof forgetSchema>

export const forgottenSchema = z.object({
  /** Raw exchanges that were deleted. */
  exchanges: z.number().int(),
  /** Backups that were deleted because they contained the deleted data. */
  backups: z.number().int(),
})
export type Forgotten = z.infer<typeof forgottenSchema>
