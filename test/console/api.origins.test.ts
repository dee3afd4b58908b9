import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { requestOf, type StartedApp, startApp } from './started-app.ts'

let started: StartedApp

beforeAll(async () => {
  started = await startApp()
})
afterAll(() => started.stop())

const EXTENSION = 'chrome-extension://jfgfiigpkhlkbnfnbobbkinehhfdhndo'

test('an origin can be decided about before it was ever seen, named, listed and forgotten', async () => {
  const input = { origin: 'HTTPS://Example.org/', status: 'blocked' as const }
  expect(await started.call('POST /api/origins/decide', input)).toMatchObject({
    origin: 'https://example.org',
    status: 'blocked',
    decidedBy: 'person',
  })
  const label = { origin: 'https://example.org', label: 'Our wiki' }
  expect(await started.call('POST /api/origins/label', label)).toMatchObject({ label: 'Our wiki' })
  expect(await started.call('GET /api/origins', {})).toMatchObject([{ origin: 'https://example.org' }])
  expect(await started.call('POST /api/origins/forget', { origin: 'https://example.org' })).toEqual({ done: true })
  expect(await started.call('GET /api/origins', {})).toEqual([])
  expect(started.events).toContainEqual({ type: 'origins' })
})

test('an unknown site cannot be renamed or forgotten: 404', async () => {
  const origin = 'https://nobody.example'
  const label = await started.ask(...requestOf('POST /api/origins/label', { origin, label: 'x' }))
  const forget = await started.ask(...requestOf('POST /api/origins/forget', { origin }))
  expect([label.status, forget.status]).toEqual([404, 404])
})

test('the keys that an origin has used are told, the latest first', async () => {
  const origin = 'moz-extension://8d1c3f5e-2b7a-4e60-9c41-5a0f6e7d8b92'
  const use = async (secret: string) => {
    const headers = { Authorization: `Bearer ${secret}`, Origin: origin }
    return (await fetch(`${started.gatewayUrl()}/api/tags`, { headers })).status
  }
  const [one, other] = [
    await started.call('POST /api/keys', { name: 'one' }),
    await started.call('POST /api/keys', { name: 'other' }),
  ]
  expect(await started.call('GET /api/origins/keys', { origin })).toEqual({ keyIds: [] })
  for (const { secret } of [one, other, one]) expect(await use(secret)).toBe(200)
  expect(await use('sk-lk-none')).toBe(401)
  expect(await started.call('GET /api/origins/keys', { origin })).toEqual({ keyIds: [one.id, other.id] })
})

test('an invalid origin is 400, with an example of a valid one', async () => {
  const response = await started.ask(
    ...requestOf('POST /api/origins/decide', { origin: 'https://example.org/path', status: 'allowed' }),
  )
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    error: { message: expect.stringContaining('https://example.org') as unknown },
  })
})

test('with "ask", a stranger with a valid key is a question, waits in the state, and comes in when allowed', async () => {
  const { secret } = await started.call('POST /api/keys', { name: 'asking' })
  await started.call('PATCH /api/settings', { unknownOrigins: 'ask' })
  const ask = () =>
    fetch(`${started.gatewayUrl()}/api/tags`, { headers: { Authorization: `Bearer ${secret}`, Origin: EXTENSION } })
  expect((await ask()).status).toBe(403)
  await until(() => started.app.state().pendingOrigins === 1, 'the origin to wait')
  await ask()
  const questions = started.events.filter((event) => event.type === 'question')
  expect(questions).toMatchObject([{ origin: { origin: EXTENSION, status: 'pending', label: 'Page Assist' } }])
  await started.call('POST /api/origins/decide', { origin: EXTENSION, status: 'allowed' })
  expect((await ask()).status).toBe(200)
  expect(started.app.state().pendingOrigins).toBe(0)
})
