import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { answerJson } from '../../src-main/console-api/json-answer.ts'

const item = z.object({ id: z.number(), note: z.string().optional() })
const report = z.object({
  name: z.string(),
  none: z.string().optional(),
  rows: z.array(item),
  short: z.array(item),
  inner: z.object({ rows: z.array(item) }),
})

async function answerOf(schema: z.ZodType, result: unknown): Promise<{ status: number; text: string }> {
  const app = new Hono().get('/', (context) => answerJson(context, schema, result))
  app.onError((error, context) => context.text(error.message, 500))
  const response = await app.fetch(new Request('http://console/'))
  return { status: response.status, text: await response.text() }
}

const items = (count: number) => Array.from({ length: count }, (_, id) => ({ id, note: id % 2 ? 'ü “”' : undefined }))

test.each([0, 1, 100, 101, 1_000, 1_234])('a list of %i is written as JSON.stringify writes it', async (count) => {
  const { text } = await answerOf(z.array(item), items(count))
  expect(text).toBe(JSON.stringify(items(count)))
})

test('so is an object with long lists in it, at any depth, and without its fields that are not there', async () => {
  const result = { name: 'a', rows: items(600), short: items(2), inner: { rows: items(300) } }
  expect((await answerOf(report, result)).text).toBe(JSON.stringify(result))
})

test('fields outside the contract are left out of every part', async () => {
  const rows = items(600).map((one) => ({ ...one, secret: 'sk-lk' }))
  const { text } = await answerOf(report, { name: 'a', rows, short: rows, inner: { rows, secret: 'sk-lk' }, secret: 1 })
  expect(text).not.toContain('sk-lk')
  expect(JSON.parse(text)).toEqual({ name: 'a', rows: items(600), short: items(600), inner: { rows: items(600) } })
})

test('a result that breaks the contract in its last part is an error, and nothing of it is sent', async () => {
  const { status, text } = await answerOf(z.array(item), [...items(600), { id: 'wrong' }])
  expect(status).toBe(500)
  expect(text).not.toContain('"id":0')
})
