import { afterAll, beforeAll, expect, test } from 'vitest'
import { cursorAfter, type Exchange, exchangeSchema } from '#shared/gateway/exchange.ts'
import type { IssuedKey } from '#shared/keys/key.ts'
import { until } from '../support/until.ts'
import { type StartedApp, startApp } from './started-app.ts'

/** A spreadsheet would run it. Any client can choose a model's name. */
const FORMULA = '=HYPERLINK("http://evil.example","x")'
const CHATS = 12
let started: StartedApp
let key: IssuedKey

beforeAll(async () => {
  started = await startApp()
  key = await started.call('POST /api/keys', { name: '@Reader', models: ['sample-small'] })
  for (let number = 0; number < CHATS; number++) await chat('sample-small')
  await chat(FORMULA)
  await until(() => started.events.filter((event) => event.type === 'exchange').length === CHATS + 1, 'all exchanges')
})
afterAll(() => started.stop())

async function chat(model: string) {
  const response = await fetch(`${started.gatewayUrl()}/api/chat`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key.secret}` },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }], stream: false }),
  })
  await response.text()
}

async function download(path: string) {
  const response = await started.ask(path)
  expect(response.status).toBe(200)
  return { response, text: await response.text() }
}

test('requests come as CSV with a heading, the oldest first, and how many they are', async () => {
  const { response, text } = await download('/api/export/exchanges?format=csv')
  expect(response.headers.get('latchkey-rows')).toBe(String(CHATS + 1))
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="latchkey-requests.csv"')
  const lines = text.split('\r\n')
  expect(lines[0]).toMatch(/^time,id,keyId,origin,/)
  expect(lines).toHaveLength(CHATS + 3)
  const times = lines.slice(1, -1).map((line) => line.slice(0, 24))
  expect(times).toEqual([...times].sort())
  expect(times[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  expect(text).not.toContain(key.secret)
})

test('text that a spreadsheet would run as a formula is made harmless', async () => {
  const { text } = await download('/api/export/exchanges?format=csv&outcome=refused')
  expect(text).toContain(`"'=HYPERLINK(""http://evil.example"",""x"")`)
  const { text: usage } = await download('/api/export/usage?period=day&by=key')
  expect(usage).toContain(`,${key.id},'@Reader,${CHATS + 1},1,`)
})

test('requests come as JSON, and only those that fit', async () => {
  const { response, text } = await download(`/api/export/exchanges?format=json&outcome=ok&key=${key.id}`)
  expect(response.headers.get('latchkey-rows')).toBe(String(CHATS))
  const rows = exchangeSchema.array().parse(JSON.parse(text))
  expect(rows).toHaveLength(CHATS)
  expect(JSON.parse((await download('/api/export/exchanges?format=json&key=nobody')).text)).toEqual([])
})

test('a report comes as JSON with the rows of the report', async () => {
  const { text } = await download('/api/export/usage?period=day&by=model&format=json')
  const { rows } = await started.call('GET /api/usage', { period: 'day', by: 'model' })
  expect(JSON.parse(text)).toEqual(rows)
})

test('the query of an export is validated', async () => {
  for (const path of [
    '/api/export/exchanges?format=xml',
    '/api/export/usage?by=colour',
    '/api/export/exchanges?from=x',
  ]) {
    expect([path, (await started.ask(path)).status]).toEqual([path, 400])
  }
})

test('pages of requests follow each other without a gap or a repeat', async () => {
  const seen: Exchange[] = []
  for (;;) {
    const last = seen.at(-1)
    const page = await started.call('GET /api/exchanges', {
      limit: 5,
      ...(last === undefined ? {} : { before: cursorAfter(last) }),
    })
    seen.push(...page)
    if (page.length < 5) break
  }
  expect(seen).toHaveLength(CHATS + 1)
  expect(new Set(seen.map((one) => one.id)).size).toBe(CHATS + 1)
  const whole = await started.call('GET /api/exchanges', { limit: 1000 })
  expect(seen.map((one) => one.id)).toEqual(whole.map((one) => one.id))
  expect(await started.call('GET /api/exchanges', { reason: 'model_not_allowed' })).toMatchObject([{ model: FORMULA }])
  expect(await started.call('GET /api/exchanges', { origin: 'https://never.example' })).toEqual([])
  expect(await started.call('GET /api/exchanges', { origin: '', limit: 3 })).toHaveLength(3)
})

test('a report of a range is cut into hours, and compared with as much time before it', async () => {
  const to = Date.now()
  const report = await started.call('GET /api/usage', { from: to - 3_600_000 * 3, to, timeZone: 'Asia/Kathmandu' })
  expect(report).toMatchObject({
    period: 'range',
    totals: { requests: CHATS + 1, refused: 1 },
    previous: { requests: 0 },
  })
  expect(report.buckets.length).toBeGreaterThanOrEqual(4)
  expect(report.buckets.every((bucket) => bucket.endsWith(':00'))).toBe(true)
  expect(report.series.map((one) => one.requests).reduce((sum, count) => sum + count, 0)).toBe(CHATS + 1)
  expect(report.totals.durationMs?.median).toBeGreaterThan(0)
  expect(report.totals.tokensPerSecond).toBeGreaterThan(0)
})

test('a range that ends before it begins is refused', async () => {
  const response = await started.ask('/api/usage?from=2000&to=1000')
  expect(response.status).toBe(400)
})
