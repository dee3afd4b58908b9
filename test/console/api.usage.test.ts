import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConsoleInput } from '#shared/console-api/console-api.ts'
import type { IssuedKey } from '#shared/keys/key.ts'
import { DIMENSIONS } from '#shared/usage/usage.ts'
import { until } from '../support/until.ts'
import { requestOf, type StartedApp, startApp } from './started-app.ts'

let started: StartedApp
let key: IssuedKey

beforeAll(async () => {
  started = await startApp()
  key = await started.call('POST /api/keys', { name: 'Reader' })
  await chat('sample-small')
  await chat('sample-small')
  await fetch(`${started.gatewayUrl()}/api/tags`, { headers: { Authorization: 'Bearer sk-lk-wrong' } })
  await until(() => started.events.filter((event) => event.type === 'exchange').length === 3, 'three exchanges')
})
afterAll(() => started.stop())

async function requestsOf(query: ConsoleInput<'GET /api/usage'>) {
  return (await started.call('GET /api/usage', { by: 'key', ...query })).totals.requests
}

async function chat(model: string, secret = key.secret) {
  const response = await fetch(`${started.gatewayUrl()}/api/chat`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secret}` },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'four words are here' }], stream: false }),
  })
  expect(response.status).toBe(200)
  await response.text()
}

test('a report has the day by model, with the tokens that the answers said', async () => {
  const report = await started.call('GET /api/usage', {})
  expect(report).toMatchObject({ period: 'day', by: 'model', totals: { requests: 3, refused: 1 } })
  expect(report.totals.promptTokens).toBeGreaterThan(0)
  expect(report.rows.map((row) => row.label)).toContain('sample-small:latest')
})

test('a report by key is labelled with the key’s name, also in another time zone', async () => {
  const report = await started.call('GET /api/usage', { period: 'week', by: 'key', timeZone: 'Asia/Kathmandu' })
  expect(report.timeZone).toBe('Asia/Kathmandu')
  expect(report.buckets).toHaveLength(7)
  expect(report.rows).toContainEqual(expect.objectContaining({ value: key.id, label: 'Reader', requests: 2 }))
})

test('the latest exchanges come newest first, as many as asked for, and are told as they happen', async () => {
  const latest = await started.call('GET /api/exchanges', { limit: 2 })
  expect(latest).toMatchObject([
    { outcome: 'refused', reason: 'key_malformed', keyId: null },
    { outcome: 'ok', keyId: key.id, route: '/api/chat', model: 'sample-small:latest' },
  ])
  const told = started.events.flatMap((event) => (event.type === 'exchange' ? [event.exchange.id] : []))
  expect(told).toEqual(expect.arrayContaining(latest.map((exchange) => exchange.id)))
})

test('the key that was used says when', async () => {
  const [listed] = await started.call('GET /api/keys', {})
  expect(listed?.lastUsedAt).toBeGreaterThanOrEqual(key.createdAt)
})

test.each([
  [{ period: 'year' }, 400, '“period” must be one of day, week, month, all.'],
  [{ by: 'owner' }, 400, '“by” must be one of model, key, origin, route, person.'],
  [{ person: 'Ada' }, 400, expect.stringContaining('“person”') as string],
])('a report by %j is refused with a sentence', async (query, status, message) => {
  const response = await started.ask(...requestOf('GET /api/usage', query))
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ error: { code: expect.stringMatching(/_/) as unknown, message } })
})

test('a time zone that does not exist is refused with a sentence', async () => {
  const response = await started.ask('/api/usage?timeZone=Middle/Earth')
  expect(response.status).toBe(409)
  expect(await response.json()).toMatchObject({ error: { code: 'time_zone_unknown' } })
})

test.each(['0', '1001', 'many', '1.5'])('a limit of %s exchanges is 400', async (limit) => {
  const response = await started.ask(`/api/exchanges?limit=${limit}`)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('“limit”') as unknown } })
})

test('a report of one person has the usage of their keys alone, by every dimension, also in the export', async () => {
  const { id } = await started.call('POST /api/people', { name: 'Ada' })
  const hers = await started.call('POST /api/keys', { name: 'Hers', person: id })
  await chat('sample-small', hers.secret)
  await expect.poll(() => requestsOf({ person: id })).toBe(1)
  for (const by of DIMENSIONS) {
    const { totals, values } = await started.call('GET /api/usage', { by, person: id })
    expect([by, totals.requests, values.length]).toEqual([by, 1, 1])
  }
  expect(await requestsOf({ person: id, key: hers.id })).toBe(1)
  expect(await requestsOf({ person: id, key: key.id })).toBe(0)
  expect(await requestsOf({ key: `${hers.id},${key.id}` })).toBe(3)
  expect(await requestsOf({ person: 'person_unknown' })).toBe(0)
  const csv = await (await started.ask(`/api/export/usage?by=key&person=${id}`)).text()
  expect(csv.trimEnd().split('\r\n')).toHaveLength(2)
  await started.call('DELETE /api/people/:id', {}, id)
  expect(await requestsOf({ person: 'removed' })).toBe(1)
})
