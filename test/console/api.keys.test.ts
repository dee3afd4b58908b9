import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { type StartedApp, startApp } from './started-app.ts'

let started: StartedApp

beforeAll(async () => {
  started = await startApp()
})
afterAll(() => started.stop())

const statusWith = async (secret: string) =>
  (await fetch(`${started.gatewayUrl()}/api/tags`, { headers: { Authorization: `Bearer ${secret}` } })).status

test('a key made in the console opens the gateway, and is counted in the state', async () => {
  expect((await started.call('GET /api/state', {})).keys).toBe(0)
  const { secret, ...key } = await started.call('POST /api/keys', { name: ' Page Assist ' })
  expect(key).toMatchObject({ name: 'Page Assist', scopes: ['chat', 'models'], enabled: true, allowInUrl: false })
  expect(await statusWith(secret)).toBe(200)
  expect(await started.call('GET /api/keys', {})).toMatchObject([{ id: key.id, prefix: secret.slice(0, 12) }])
  expect((await started.call('GET /api/state', {})).keys).toBe(1)
  expect(started.events).toContainEqual({ type: 'keys' })
  expect(started.events).toContainEqual({ type: 'state', state: expect.objectContaining({ keys: 1 }) as unknown })
})

test('a patch changes what it names and nothing else', async () => {
  const made = await started.call('POST /api/keys', { name: 'patched', models: ['llama3'], requestsPerMinute: 5 })
  const changed = await started.call('PATCH /api/keys/:id', { enabled: false, requestsPerMinute: null }, made.id)
  expect(changed).toMatchObject({ name: 'patched', models: ['llama3'], enabled: false, requestsPerMinute: null })
  expect(await statusWith(made.secret)).toBe(401)
})

test('a deleted key is refused at once, and is back with its secret when restored', async () => {
  const { id, secret } = await started.call('POST /api/keys', { name: 'deleted' })
  await started.call('DELETE /api/keys/:id', {}, id)
  expect(await statusWith(secret)).toBe(401)
  expect((await started.call('GET /api/keys', {})).map((key) => key.id)).not.toContain(id)
  expect(await started.call('POST /api/keys/:id/restore', {}, id)).toMatchObject({ id, name: 'deleted' })
  expect(await statusWith(secret)).toBe(200)
})

test('rotating gives the same key a new secret, and the old one lives for the grace that was asked for', async () => {
  const first = await started.call('POST /api/keys', { name: 'rotated' })
  const second = await started.call('POST /api/keys/:id/rotate', { graceMs: 60_000 }, first.id)
  expect(second).toMatchObject({ id: first.id, name: 'rotated', graceUntil: expect.any(Number) as unknown })
  expect(second.secret).not.toBe(first.secret)
  expect([await statusWith(first.secret), await statusWith(second.secret)]).toEqual([200, 200])
  const third = await started.call('POST /api/keys/:id/rotate', {}, first.id)
  expect([await statusWith(second.secret), await statusWith(third.secret)]).toEqual([401, 200])
})

test('a deleted key is still told by its name and owner, and by nothing else, until it is forgotten', async () => {
  const { id: person } = await started.call('POST /api/people', { name: 'Anna' })
  const { id } = await started.call('POST /api/keys', { name: 'gone', person })
  const told = async () => (await started.call('GET /api/keys/deleted', {})).filter((key) => key.id === id)
  expect(await told()).toEqual([])
  await started.call('DELETE /api/keys/:id', {}, id)
  expect(await told()).toEqual([{ id, name: 'gone', person }])
  await started.call('POST /api/keys/:id/restore', {}, id)
  expect(await told()).toEqual([])
  await started.call('DELETE /api/keys/:id', {}, id)
  await started.call('POST /api/forget', { key: id })
  expect(await told()).toEqual([])
})

test('the remaining limits and the last caller of each key are reported', async () => {
  const { id, secret } = await started.call('POST /api/keys', {
    name: 'used',
    requestsPerMinute: 5,
    tokensPerDay: 1000,
  })
  const useOf = async () => (await started.call('GET /api/keys/use', {})).find(({ keyId }) => keyId === id)
  expect(await useOf()).toMatchObject({ left: { requestsThisMinute: 5, tokensToday: 1000 }, lastCaller: null })
  const answer = await fetch(`${started.gatewayUrl()}/api/chat`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secret}`, Origin: 'https://notes.example', 'User-Agent': 'curl/8' },
    body: JSON.stringify({ model: 'sample-small', stream: false, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  await answer.text()
  await expect.poll(useOf).toMatchObject({
    left: { requestsThisMinute: 4, tokensToday: expect.toSatisfy((left: number) => left < 1000) as unknown },
    lastCaller: { origin: 'https://notes.example', userAgent: 'curl' },
  })
})

test('the sites, programs and models that used a key are listed with counts, without refused requests', async () => {
  const { id, secret } = await started.call('POST /api/keys', { name: 'placed', models: ['sample-small'] })
  const empty = { places: [], others: 0 }
  const placesOf = () => started.call('GET /api/keys/:id/places', {}, id)
  expect(await placesOf()).toEqual({ sites: empty, programs: empty, models: empty, since: null })
  const chat = async (model: string, headers: Record<string, string>) =>
    (
      await fetch(`${started.gatewayUrl()}/api/chat`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${secret}`, ...headers },
        body: JSON.stringify({ model, stream: false, messages: [{ role: 'user', content: 'Hello' }] }),
      })
    ).text()
  await chat('sample-small', { Origin: 'https://first.example', 'User-Agent': 'curl/8' })
  await chat('sample-small', { Origin: 'https://first.example', 'User-Agent': 'curl/8' })
  await chat('sample-small', { 'User-Agent': 'python-requests/2' })
  await chat('sample-large:7b', { Origin: 'https://refused.example' })
  const known = await started.call('GET /api/exchanges', { key: id })
  expect(known.map(({ outcome }) => outcome)).toEqual(['refused', 'ok', 'ok', 'ok'])
  const [, last, second] = known
  expect(await placesOf()).toEqual({
    sites: { places: [{ value: 'https://first.example', requests: 2, lastAt: second?.time }], others: 0 },
    programs: {
      places: [
        { value: last?.userAgent, requests: 1, lastAt: last?.time },
        { value: 'curl', requests: 2, lastAt: second?.time },
      ],
      others: 0,
    },
    models: { places: [{ value: last?.model, requests: 3, lastAt: last?.time }], others: 0 },
    since: null,
  })
})

test.each([
  ['GET', '/api/keys/nobody/places', undefined],
  ['PATCH', '/api/keys/nobody', { name: 'x' }],
  ['DELETE', '/api/keys/nobody', {}],
  ['POST', '/api/keys/nobody/restore', {}],
  ['POST', '/api/keys/nobody/rotate', {}],
  ['PATCH', '/api/keys/%2e%2e%2fstate', { name: 'x' }],
])('%s %s of a key that does not exist is 404', async (method, path, body) => {
  const response = await started.ask(path, {
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({
    error: { code: 'not_found', message: expect.stringMatching(/\.$/) as unknown },
  })
})

test('a secret is in the answer that issues it and nowhere else: no other answer, event, log line or file', async () => {
  const made = await started.call('POST /api/keys', { name: 'guarded' })
  const rotated = await started.call('POST /api/keys/:id/rotate', { graceMs: 60_000 }, made.id)
  for (const secret of [made.secret, rotated.secret]) expect(await statusWith(secret)).toBe(200)
  await fetch(`${started.gatewayUrl()}/api/tags?key=${made.secret}`)
  await fetch(`${started.gatewayUrl()}/k/${made.secret}/api/tags`)
  await until(() => started.events.filter((event) => event.type === 'exchange').length >= 4, 'the exchanges')

  const paths = ['state', 'keys', 'origins', 'usage?by=key', 'exchanges', 'settings'].map((name) => `/api/${name}`)
  const answers = await Promise.all(paths.map(async (path) => (await started.ask(path)).text()))
  expect(answers[1]).toContain('guarded')
  const seen = [...answers, JSON.stringify(started.events), started.log(), await started.bytesOnDisk()].join('\n')
  expect(seen).toContain(made.prefix)
  for (const secret of [made.secret, rotated.secret]) {
    expect(seen).not.toContain(secret)
    expect(seen).not.toContain(secret.slice(14))
  }
})
