import { afterAll, beforeAll, expect, test } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { until } from '../support/until.ts'
import { type StartedApp, startApp } from './started-app.ts'

const SITE = 'https://private-site.example'
let started: StartedApp
let own: IssuedKey
let other: IssuedKey
let reader: IssuedKey

beforeAll(async () => {
  started = await startApp()
  own = await started.call('POST /api/keys', { name: 'Own', tokensPerDay: 1000, requestsPerMinute: 60, owner: 'Ada' })
  other = await started.call('POST /api/keys', { name: 'Other' })
  reader = await started.call('POST /api/keys', { name: 'Reader', scopes: ['usage'] })
  for (const { secret } of [own, own, other]) await chat(secret)
  await until(() => recorded('/api/chat') === 3, 'three exchanges')
})
afterAll(() => started.stop())

function recorded(route: string): number {
  return started.events.filter((event) => event.type === 'exchange' && event.exchange.route === route).length
}

async function chat(secret: string) {
  const response = await fetch(`${started.gatewayUrl()}/api/chat`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secret}`, Origin: SITE },
    body: JSON.stringify({ model: 'sample-small', messages: [{ role: 'user', content: 'hello' }], stream: false }),
  })
  expect(response.status).toBe(200)
  await response.text()
}

function get(path: string, secret: string, init: RequestInit = {}) {
  return fetch(`${started.gatewayUrl()}${path}`, { ...init, headers: { Authorization: `Bearer ${secret}` } })
}

interface LocalAi {
  usage: { bucket: string; model: string; user_id: string; user_name: string; request_count: number }[]
  totals: { request_count: number; total_tokens: number }
}

test.each(['day', 'week', 'month', 'all'])(
  'a key reads its own use of a %s in LocalAI’s shape, and no other’s',
  async (period) => {
    const response = await get(`/latchkey/usage?period=${period}`, own.secret)
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    const { usage, totals } = (await response.json()) as LocalAi
    expect(usage).toEqual([
      expect.objectContaining({
        model: 'sample-small:latest',
        user_id: own.id,
        user_name: 'Own',
        request_count: 2,
        prompt_tokens: expect.any(Number) as number,
        completion_tokens: expect.any(Number) as number,
      }),
    ])
    expect(new Set(usage.map((row) => row.user_id))).toEqual(new Set([own.id]))
    expect(totals.request_count).toBe(2)
    expect(totals.total_tokens).toBeGreaterThan(0)
  },
)

test('a key with the scope usage reads everybody’s', async () => {
  const { usage } = (await (await get('/latchkey/usage?period=day', reader.secret)).json()) as LocalAi
  const chats = usage.map((row) => [row.user_name, row.request_count])
  expect(chats.sort(([one], [other]) => String(one).localeCompare(String(other)))).toEqual([
    ['Other', 1],
    ['Own', 2],
  ])
})

test('a chat is in the report that is asked for right after it', async () => {
  const { secret } = await started.call('POST /api/keys', { name: 'In a hurry' })
  const count = async () =>
    ((await (await get('/latchkey/usage?period=all', secret)).json()) as LocalAi).totals.request_count
  for (const chats of [0, 1, 2]) {
    await expect.poll(count).toBe(chats)
    await chat(secret)
  }
})

test('a period that does not exist is refused with a sentence, and nothing reaches the upstream', async () => {
  const response = await get('/latchkey/usage?period=year', own.secret)
  expect(response.status).toBe(400)
  expect(await response.json()).toEqual({ error: expect.stringContaining('day, week, month, all') as string })
})

test('a key tells its holder its limits and what is left of them', async () => {
  const response = await get('/latchkey/key', own.secret)
  const body = (await response.json()) as { left: { tokens_today: number; requests_this_minute: number } }
  expect(body).toMatchObject({
    id: own.id,
    name: 'Own',
    scopes: ['chat', 'models'],
    expires_at: null,
    limits: { requests_per_minute: 60, tokens_per_day: 1000, concurrency: null },
    left: { requests_this_minute: 58, at_the_same_time: null },
  })
  expect(body.left.tokens_today).toBeLessThan(1000)
  expect(JSON.stringify(body)).not.toContain(own.secret)
  // Asking costs nothing.
  const again = (await (await get('/latchkey/key', own.secret)).json()) as typeof body
  expect(again.left).toEqual(body.left)
})

test('without a key, none of it is told', async () => {
  for (const path of ['/latchkey/usage', '/latchkey/key', '/metrics']) {
    const response = await fetch(`${started.gatewayUrl()}${path}`)
    expect([path, response.status]).toEqual([path, 401])
    await response.text()
  }
})

test('figures for a monitor need the scope usage', async () => {
  const response = await get('/metrics', own.secret)
  expect(response.status).toBe(403)
  await response.text()
})

test('figures name neither a secret nor a site, unless sites are switched on', async () => {
  const figures = async () => (await get('/metrics', reader.secret)).text()
  const before = await figures()
  expect(before).toContain(`latchkey_requests_total{key="${own.id}",route="/api/chat",site="site",outcome="ok"} 2`)
  expect(before).toMatch(/latchkey_tokens_total\{key="key_\w+",model="sample-small:latest",kind="completion"\} \d+/)
  expect(before).toContain('latchkey_duration_seconds_bucket{le="+Inf"} ')
  expect(before).toContain('latchkey_upstream_up 1')
  for (const secret of [own.secret, other.secret, reader.secret, SITE, 'private-site'])
    expect(before).not.toContain(secret)
  await started.call('PATCH /api/settings', { originsInMetrics: true })
  await chat(other.secret)
  await until(() => recorded('/api/chat') === 7, 'one more exchange')
  expect(await figures()).toContain(`latchkey_site_requests_total{origin="${SITE}",outcome="ok"} 1`)
  await started.call('PATCH /api/settings', { originsInMetrics: false })
  expect(await figures()).not.toContain(SITE)
})

test('asking Latchkey itself is recorded as such', async () => {
  await (await get('/latchkey/key', own.secret)).text()
  await until(() => recorded('/latchkey/key') > 0, 'the record')
  const [latest] = await started.call('GET /api/exchanges', { route: '/latchkey/key', limit: 1 })
  expect(latest).toMatchObject({ routeClass: 'own', keyId: own.id, status: 200, outcome: 'ok' })
})
