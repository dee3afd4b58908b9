import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Serve, startServe } from '../support/serve.ts'

let serve: Serve
beforeAll(async () => {
  serve = await startServe()
})
afterAll(() => serve.stop())

const chat = (secret: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${serve.gateway}/api/chat`, { method: 'POST', headers: { 'x-api-key': secret, ...headers }, body })

/** A report once so many requests are in it. */
async function reportBy(by: 'model' | 'origin' | 'key', requests: number) {
  for (;;) {
    const report = await serve.call('GET /api/usage', { by })
    if (report.totals.requests >= requests) return report
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const bytesOnDisk = () =>
  ['latchkey.db', 'latchkey.db-wal'].reduce((sum, name) => {
    return sum + (statSync(join(serve.dataDir, name), { throwIfNoEntry: false })?.size ?? 0)
  }, 0)

test('ten model names of 30 MB are refused, counted and not kept, and reports go on', async () => {
  const { secret, id } = await serve.createKey({ models: ['sample-small'], requestsPerMinute: 1 })
  const before = bytesOnDisk()
  const body = JSON.stringify({ model: 'm'.repeat(30_000_000) })
  const statuses: number[] = []
  for (let round = 0; round < 10; round++) statuses.push((await chat(secret, body)).status)
  expect(statuses).toEqual([400, ...Array<number>(9).fill(429)])
  const report = await reportBy('key', 10)
  expect(report.values.find(({ value }) => value === id)).toMatchObject({ requests: 10, refused: 10 })
  expect(bytesOnDisk() - before).toBeLessThan(1_000_000)
  expect((await serve.run('usage', '--by', 'model')).code).toBe(0)
})

test('a key that makes up models and sites gets so many rows, and the rest is “other” in every report', async () => {
  const { secret } = await serve.createKey({ models: ['sample-small'] })
  const { totals } = await serve.call('GET /api/usage', {})
  const count = 300
  for (let index = 0; index < count; index++) {
    const answer = await chat(secret, `{"model":"made-up-${index}"}`, { Origin: `https://made-up-${index}.example` })
    await answer.text()
  }
  await reportBy('model', totals.requests + count)
  for (const [by, most] of [
    ['model', 100],
    ['origin', 50],
  ] as const) {
    const { values } = await reportBy(by, totals.requests + count)
    expect(values.filter(({ value }) => value.includes('made-up'))).toHaveLength(most)
    expect(values.find(({ value }) => value === 'other')?.requests).toBe(count - most)
    expect((await serve.run('usage', '--by', by)).stdout).toMatch(/^other /m)
  }
  const origins = (await serve.call('GET /api/origins', {})).filter(({ origin }) => origin.includes('made-up'))
  expect(origins).toHaveLength(100)
  const others = await serve.call('GET /api/exchanges', { model: 'other', limit: 1000 })
  expect(others).toHaveLength(count - 100)
})

test('a program without a key that makes up sites gets so many rows as well', async () => {
  const { totals } = await serve.call('GET /api/usage', {})
  const answers = Array.from({ length: 300 }, async (_, index) => {
    const answer = await fetch(`${serve.gateway}/api/tags`, { headers: { Origin: `https://keyless-${index}.example` } })
    return await answer.text()
  })
  await Promise.all(answers)
  const { values } = await reportBy('origin', totals.requests + 300)
  expect(values.filter(({ value }) => value.includes('keyless'))).toHaveLength(100)
})
