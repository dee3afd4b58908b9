import { z } from 'zod'

/** The shared database, and the gateways that use it now. */
export const databaseStateSchema = z.object({
  /** PostgreSQL's, such as `18.1`. */
  version: z.string(),
  /** True if this gateway's connections are encrypted. */
  encrypted: z.boolean(),
  /** How far the clock of this computer is ahead of the database's, in ms. */
  clockAheadMs: z.number(),
  /** Of the tables. */
  schema: z.number().int(),
  bytes: z.number().int(),
  /** True if a gateway does the upkeep for all. */
  hasLeader: z.boolean(),
  /** The names of settings that gateways have differently, and should have alike. */
  differentSettings: z.array(z.string()),
  /** In the order in which they started. */
  gateways: z.array(
    z.object({
      /** The computer and the data folder. */
      name: z.string(),
      /** Latchkey's version there. */
      version: z.string(),
      timeZone: z.string(),
      /** ms UTC. */
      startedAt: z.number().int(),
      /** True for the gateway that answers. */
      here: z.boolean(),
    }),
  ),
})
export type DatabaseState = z.infer<typeof databaseStateSchema>
