import { afterEach, beforeEach, expect, test } from 'vitest'
import { OWNER_ID } from '#shared/people/person-id.ts'
import { type StartedApp, startApp } from './started-app.ts'

let app: StartedApp
beforeEach(async () => {
  app = await startApp()
})
afterEach(() => app.stop())

async function chat(secret: string): Promise<void> {
  const response = await fetch(`${app.gatewayUrl()}/api/chat`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secret}` },
    body: JSON.stringify({ model: 'sample-small', messages: [{ role: 'user', content: 'hello' }], stream: false }),
  })
  expect(response.status).toBe(200)
  await response.text()
}

const warnings = () => app.events.flatMap((event) => (event.type === 'quota-warning' ? [event.quota] : []))

test('quotas have what is left for all keys of a person together, and when it starts anew', async () => {
  const limits = { tokensPerDay: 100_000, requestsPerMinute: 10, hours: ['00:00-12:00', '12:00-00:00'], online: false }
  const anna = await app.call('POST /api/people', { name: 'Anna', ...limits })
  for (const name of ['Laptop', 'Phone']) {
    await chat((await app.call('POST /api/keys', { name, person: anna.id })).secret)
  }
  const midnight = new Date().setHours(24, 0, 0, 0)
  await expect
    .poll(() => app.call('GET /api/people/quotas', {}))
    .toEqual([
      expect.objectContaining({
        personId: OWNER_ID,
        tokensPerDay: null,
        left: { requestsThisMinute: null, tokensToday: null, atTheSameTime: null, dayEndsAt: midnight },
      }),
      {
        personId: anna.id,
        name: 'Anna',
        models: null,
        origins: null,
        concurrency: null,
        ...limits,
        left: {
          requestsThisMinute: 8,
          tokensToday: expect.any(Number) as number,
          atTheSameTime: null,
          dayEndsAt: midnight,
        },
      },
    ])
  const [, quota] = await app.call('GET /api/people/quotas', {})
  const { totals } = await app.call('GET /api/usage', { person: anna.id })
  expect(quota?.left.tokensToday).toBe(100_000 - totals.totalTokens)
  expect(warnings()).toEqual([])
})

test('a person who has used most of their day is announced once, with what is left', async () => {
  const anna = await app.call('POST /api/people', { name: 'Anna', tokensPerDay: 1_000_000 })
  const { secret } = await app.call('POST /api/keys', { name: 'Laptop', person: anna.id })
  await chat(secret)
  await expect.poll(async () => (await app.call('GET /api/usage', {})).totals.requests).toBe(1)
  const { totals } = await app.call('GET /api/usage', {})
  await app.call('PATCH /api/people/:id', { tokensPerDay: 2 * totals.totalTokens + 1 }, anna.id)
  await chat(secret)
  await expect.poll(() => warnings()).toMatchObject([{ personId: anna.id, name: 'Anna', left: { tokensToday: 1 } }])
  await chat(secret)
  await expect.poll(async () => (await app.call('GET /api/usage', {})).totals.requests).toBe(3)
  expect(warnings()).toHaveLength(1)
})
