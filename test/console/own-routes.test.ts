import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import type { OwnKey } from '#shared/own-routes/own-answers.ts'
import type { ListedPerson } from '#shared/people/person.ts'
import { until } from '../support/until.ts'
import { type StartedApp, startApp } from './started-app.ts'

const SITE = 'https://private-site.example'
let started: StartedApp
let ada: ListedPerson
let own: IssuedKey
let other: IssuedKey
let reader: IssuedKey

beforeAll(async () => {
  started = await startApp()
  ada = await started.call('POST /api/people', {
    name: 'Ada',
    tokensPerDay: 5000,
    hours: ['00:00-12:00', '12:00-00:00'],
  })
  const person = ada.id
  own = await started.call('POST /api/keys', { name: 'Own', tokensPerDay: 1000, requestsPerMinute: 60, person })
  other = await started.call('POST /api/keys', { name: 'Other', person })
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
  usage: {
    bucket: string
    model: string
    user_id: string
    user_name: string
    key_name: string
    request_count: number
  }[]
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
        user_id: ada.id,
        user_name: 'Ada',
        key_id: own.id,
        key_name: 'Own',
        request_count: 2,
        prompt_tokens: expect.any(Number) as number,
        completion_tokens: expect.any(Number) as number,
      }),
    ])
    expect(new Set(usage.map((row) => row.key_name))).toEqual(new Set(['Own']))
    expect(totals.request_count).toBe(2)
    expect(totals.total_tokens).toBeGreaterThan(0)
  },
)

test('a key with the scope usage reads everybody’s', async () => {
  const { usage } = (await (await get('/latchkey/usage?period=day', reader.secret)).json()) as LocalAi
  expect(new Set(usage.map((row) => row.user_name))).toEqual(new Set(['Ada']))
  const chats = usage.map((row) => [row.key_name, row.request_count])
  expect(chats.sort(([one], [other]) => String(one).localeCompare(String(other)))).toEqual([
    ['Other', 1],
    ['Own', 2],
  ])
})

describe('a key with the scope usage', () => {
  const keysSeen = async (query: string, secret: string) => {
    const { usage, totals } = (await (await get(`/latchkey/usage?period=day${query}`, secret)).json()) as LocalAi
    expect(totals.request_count).toBe(usage.reduce((sum, row) => sum + row.request_count, 0))
    return [...new Set(usage.map((row) => row.key_name))].sort()
  }

  it('of an operator reads one person, or one key', async () => {
    expect(await keysSeen(`&user_id=${ada.id}`, reader.secret)).toEqual(['Other', 'Own'])
    expect(await keysSeen(`&key_id=${own.id}`, reader.secret)).toEqual(['Own'])
    expect(await keysSeen(`&user_id=${ada.id}&key_id=${other.id}`, reader.secret)).toEqual(['Other'])
    for (const nobody of [
      '&user_id=person_owner',
      '&user_id=person_unknown',
      '&user_id=removed',
      '&key_id=key_unknown',
    ])
      expect([nobody, await keysSeen(nobody, reader.secret)]).toEqual([nobody, []])
  })

  it('of a member reads the keys of its person and of nobody else, whatever it asks for', async () => {
    const ben = await started.call('POST /api/people', { name: 'Ben' })
    const bens = await started.call('POST /api/keys', { name: 'Ben’s', scopes: ['chat', 'usage'], person: ben.id })
    const second = await started.call('POST /api/keys', { name: 'Ben’s second', person: ben.id })
    for (const { secret } of [bens, second]) await chat(secret)
    await expect.poll(() => keysSeen('', bens.secret)).toEqual(['Ben’s', 'Ben’s second'])
    expect(await keysSeen(`&user_id=${ben.id}&key_id=${second.id}`, bens.secret)).toEqual(['Ben’s second'])
    for (const others of [`&user_id=${ada.id}`, `&key_id=${own.id}`, '&user_id=removed', '&user_id=person_owner'])
      expect([others, await keysSeen(others, bens.secret)]).toEqual([others, []])
    // Without the scope, not even the other key of the same person.
    expect(await keysSeen('', second.secret)).toEqual(['Ben’s second'])
    expect(await keysSeen(`&key_id=${bens.id}`, second.secret)).toEqual([])
    expect(await keysSeen(`&user_id=${ben.id}`, second.secret)).toEqual(['Ben’s second'])
    const metrics = await get('/metrics', bens.secret)
    expect(metrics.status).toBe(403)
    expect(metrics.headers.get('latchkey-refusal')).toBe('person_not_allowed')
    expect(await metrics.text()).toContain('metrics')
    await started.call('PATCH /api/people/:id', { role: 'admin' }, ben.id)
    // Everybody's report may be a cached one from before Ben's chats.
    await expect.poll(() => keysSeen('', bens.secret)).toEqual(['Ben’s', 'Ben’s second', 'Other', 'Own'])
    expect((await get('/metrics', bens.secret)).status).toBe(200)
    await started.call('PATCH /api/people/:id', { role: 'guest' }, ben.id)
    expect(await keysSeen('', bens.secret)).toEqual(['Ben’s', 'Ben’s second'])
    await started.call('DELETE /api/people/:id', {}, ben.id)
    await expect.poll(() => keysSeen('&user_id=removed', reader.secret)).toEqual(['Ben’s', 'Ben’s second'])
  })

  it.each(['user_id=', 'user_id=Ada', 'user_id=person_..', 'key_id=', 'key_id=a%20b', 'key_id=a,b'])(
    'is refused with a sentence when it asks with %s',
    async (query) => {
      const response = await get(`/latchkey/usage?${query}`, reader.secret)
      expect(response.status).toBe(400)
      expect(response.headers.get('latchkey-refusal')).toBe('bad_query')
      await response.text()
    },
  )
})

test('a key reads what is left of the limits that all keys of its person share', async () => {
  const read = async (secret: string) => (await (await get('/latchkey/key', secret)).json()) as OwnKey
  const { left, person } = await read(own.secret)
  expect(person).toMatchObject({ id: ada.id, name: 'Ada', hours: ada.hours, limits: { tokens_per_day: 5000 } })
  // The other key has used some of them as well.
  expect(5000 - (person.left.tokens_today ?? 0)).toBeGreaterThan(1000 - (left.tokens_today ?? 0))
  expect((await read(other.secret)).person.left.tokens_today).toBe(person.left.tokens_today)
  expect(person.left.day_ends_at).toBe(left.day_ends_at)
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
  const chats = recorded('/api/chat')
  await chat(other.secret)
  await until(() => recorded('/api/chat') > chats, 'one more exchange')
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
