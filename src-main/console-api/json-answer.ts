import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Context, Env } from 'hono'
import { z } from 'zod'

/** So many items are checked and written in a millisecond or two, after which streams get their turn. */
const ITEMS_IN_A_TURN = 250

/**
 * Answers with what `schema` lets through of a result, so that nothing outside the contract is sent. A list is checked and
 * written in parts: of thousands of sites either takes long enough for a stream to be late.
 */
export async function answerJson(
  context: Context<Env, string>,
  schema: z.ZodType,
  result: unknown,
): Promise<Response> {
  if (!(schema instanceof z.ZodArray) || !Array.isArray(result)) return context.json(schema.parse(result))
  const parts: string[] = []
  for (let at = 0; at < result.length; at += ITEMS_IN_A_TURN) {
    const part = schema.parse(result.slice(at, at + ITEMS_IN_A_TURN))
    parts.push(JSON.stringify(part).slice(1, -1))
    await nextTurn()
  }
  return context.body(`[${parts.join(',')}]`, 200, { 'Content-Type': 'application/json' })
}
