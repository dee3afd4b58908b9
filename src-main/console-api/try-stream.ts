import type { Hono } from 'hono'
import { STREAM_ROLES } from '#shared/console-api/console-api.ts'
import { TRY_ROUTE, type TryEvent, tryChatSchema } from '#shared/console-api/try-chat.ts'
import { parseInput } from '#shared/text/input-sentence.ts'
import type { ConsoleEnv } from './console-env.ts'
import { readInput } from './request-input.ts'
import { allow } from './roles/allow.ts'

/** Streams a test chat: one line of JSON per event. */
export function serveTry(app: Hono<ConsoleEnv>): void {
  app.post(TRY_ROUTE, allow(STREAM_ROLES[`POST ${TRY_ROUTE}`]), async (context) => {
    const ask = parseInput(tryChatSchema, await readInput(context.req))
    const ending = new AbortController()
    const lines = linesOf(context.var.ports.tryChat(ask, ending.signal), () => ending.abort())
    return context.body(lines, 200, { 'Content-Type': 'application/x-ndjson; charset=utf-8' })
  })
}

/** A closed page is visible only as `cancel`. The upstream must then stop generating. */
function linesOf(events: AsyncIterable<TryEvent>, onLeft: () => void): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const reading = events[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await reading.next()
      if (next.done === true) controller.close()
      else controller.enqueue(encoder.encode(`${JSON.stringify(next.value)}\n`))
    },
    cancel: onLeft,
  })
}
