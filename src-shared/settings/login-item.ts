import { z } from 'zod'

/** Whether Latchkey starts when the person logs in. */
export const loginItemSchema = z.object({
  /** False where the shell cannot arrange it: on a server, and for an app that was not installed. */
  available: z.boolean(),
  on: z.boolean(),
})
export type LoginItemState = z.infer<typeof loginItemSchema>
