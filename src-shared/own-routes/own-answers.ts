import { z } from 'zod'
import { SCOPES } from '../keys/scopes.ts'

/** Schemas of what Latchkey answers itself to programs with and without a key. `/latchkey/openapi.json` shows them. */

export const healthSchema = z.object({
  gateway: z.enum(['up', 'paused']),
  upstream: z
    .enum(['up', 'down', 'not_ollama', 'key_refused'])
    .describe('`not_ollama`: another server answers there. `key_refused`: the upstream wants a key of its own.'),
})
export type Health = z.infer<typeof healthSchema>

const limit = z.number().int().nullable()
const time = z.iso.datetime().nullable()

export const ownKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  endpoints: z.array(z.string()).nullable().describe('null: every endpoint that the scopes cover'),
  models: z.array(z.string()).nullable().describe('null: every model'),
  online: z.boolean().describe('Whether it may use models in the cloud and web search'),
  expires_at: time,
  limits: z.object({ requests_per_minute: limit, tokens_per_day: limit, concurrency: limit }),
  left: z
    .object({ requests_this_minute: limit, tokens_today: limit, at_the_same_time: limit, day_ends_at: time })
    .describe('What is left of each limit; null without a limit'),
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
      user_id: z.string().nullable().describe('The id of the key'),
      user_name: z.string().nullable().describe('The name of the key'),
      ...counts,
    }),
  ),
  totals: z.object(counts),
})
export type OwnUsage = z.infer<typeof ownUsageSchema>

/** In the error format of Ollama, which the own routes share. */
export const ownErrorSchema = z.object({ error: z.string(), status: z.string().optional() })
