import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Context } from 'hono'
import { z } from 'zod'

/** Number of items to check and write without a pause. They take a millisecond at most; then streams get their turn. */
const ITEMS_IN_A_TURN = 100

/**
 * Responds with the part of a result that `schema` allows, so that nothing outside the contract is sent. Checks, writes
 * and sends long lists in parts, also those in a field: thousands of sites at once would delay streams. Rejects before
 * anything is sent.
 */
export async function answerJson(
  context: Pick<Context, 'json' | 'body'>,
  schema: z.ZodType,
  result: unknown,
): Promise<Response> {
  if (!isLong(schema, result)) return context.json(schema.parse(result))
  const parts: string[] = []
  for await (const part of partsOf(schema, result)) parts.push(part)
  return context.body(streamOf(parts), 200, { 'Content-Type': 'application/json' })
}

type Fields = Readonly<Record<string, unknown>>

function isLong(schema: z.ZodType, value: unknown): boolean {
  if (schema instanceof z.ZodArray) return Array.isArray(value) && value.length > ITEMS_IN_A_TURN
  if (!(schema instanceof z.ZodObject) || typeof value !== 'object' || value === null) return false
  return Object.entries<z.ZodType>(schema.shape).some(([name, field]) => isLong(field, (value as Fields)[name]))
}

async function* partsOf(schema: z.ZodType, value: unknown): AsyncGenerator<string> {
  if (!isLong(schema, value)) yield JSON.stringify(schema.parse(value))
  else if (schema instanceof z.ZodObject) yield* partsOfObject(schema, value as Fields)
  else yield* partsOfList(schema, value as readonly unknown[])
}

async function* partsOfObject({ shape }: z.ZodObject, value: Fields): AsyncGenerator<string> {
  let before = '{'
  for (const [name, field] of Object.entries<z.ZodType>(shape)) {
    if (!isLong(field, value[name]) && field.parse(value[name]) === undefined) continue
    yield `${before}${JSON.stringify(name)}:`
    yield* partsOf(field, value[name])
    before = ','
  }
  yield before === '{' ? '{}' : '}'
}

async function* partsOfList(schema: z.ZodType, items: readonly unknown[]): AsyncGenerator<string> {
  for (let at = 0; at < items.length; at += ITEMS_IN_A_TURN) {
    const part = JSON.stringify(schema.parse(items.slice(at, at + ITEMS_IN_A_TURN)))
    yield `${at === 0 ? '[' : ','}${part.slice(1, -1)}`
    await nextTurn()
  }
  yield ']'
}

/** Encodes each part only when it is read. */
function streamOf(parts: readonly string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const left = parts.values()
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = left.next()
      if (next.done === true) controller.close()
      else controller.enqueue(encoder.encode(next.value))
    },
  })
}
