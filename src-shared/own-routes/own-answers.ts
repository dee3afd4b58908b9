import { z } from 'zod'
import { SCOPES } from '../keys/scopes.ts'

/** Schemas of what Latchkey answers itself to programs with and without a key. `/latchkey/openapi.json` shows them. */

export const healthSchema = z.object({
  gateway: z
    .enum(['up', 'paused', 'database_away'])
    .describe('`database_away`: every request is refused until the shared database is back'),
  upstream: z
    .enum(['up', 'down', 'not_ollama', 'key_refused'])
    .describe('`not_ollama`: another server answers there. `key_refused`: the upstream wants a key of its own.'),
})
export type Health = z.infer<typeof healthSchema>

/** Why a balancer should send its requests elsewhere. */
const UNREADY = ['draining', 'paused', 'store_closed', 'database_away'] as const
export type Unready = (typeof UNREADY)[number]

export const readySchema = z.object({
  ready: z.boolean(),
  reason: z
    .enum(UNREADY)
    .optional()
    .describe(
      '`draining`: this gateway stops soon. `store_closed`: its data is being replaced, or cannot be used. `database_away`: its shared database was not reached for too long.',
    ),
})
export type Ready = z.infer<typeof readySchema>

const limit = z.number().int().nullable()
const time = z.iso.datetime().nullable()

const limits = z.object({ requests_per_minute: limit, tokens_per_day: limit, concurrency: limit })
const left = z
  .object({ requests_this_minute: limit, tokens_today: limit, at_the_same_time: limit, day_ends_at: time })
  .describe('What is left of each limit; null without a limit. `day_ends_at`: when `tokens_today` starts anew')

export const ownKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  endpoints: z.array(z.string()).nullable().describe('null: every endpoint that the scopes cover'),
  models: z.array(z.string()).nullable().describe('null: every model'),
  online: z.boolean().describe('Whether it may use models in the cloud and web search'),
  expires_at: time,
  limits,
  left,
  person: z
    .object({
      id: z.string(),
      name: z.string(),
      hours: z.array(z.string()).nullable().describe('Parts of the day in which the key works; null: always'),
      limits,
      left,
    })
    .describe('The person who uses the key, with the limits that all their keys share'),
})
export type OwnKey = z.infer<typeof ownKeySchema>

const count = z.number().int().nonnegative()
const counts = {
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  request_count: count,
  unmetered_count: count.describe('Answers without token counts'),
}

export const ownUsageSchema = z.object({
  usage: z.array(
    z.object({
      bucket: z.string().describe('An hour `2026-11-29T13:00`, a day `2026-11-29` or a month `2026-11`, in local time'),
      model: z.string(),
      user_id: z.string().nullable().describe('The id of the person who uses the key, or `removed`'),
      user_name: z.string().nullable().describe('The name of the person'),
      key_id: z.string(),
      key_name: z.string(),
      ...counts,
    }),
  ),
  totals: z.object(counts),
})
export type OwnUsage = z.infer<typeof ownUsageSchema>

/** In the error format of Ollama, which the own routes share. */
export const ownErrorSchema = z.object({ error: z.string(), status: z.string().optional() })
