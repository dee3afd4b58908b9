import { z } from 'zod'

/** Whether Latchkey starts when the person logs in. */
export const loginItemSchema = z.object({
  /** False if the shell cannot set it: on a server, or in an app that is not installed. */
  available: z.boolean(),
  on: z.boolean(),
})
export type LoginItemState = z.infer<typeof loginItemSchema>
