import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConsoleRoute, consoleErrorSchema } from '#shared/console-api/console-api.ts'
import { exchangeSchema } from '#shared/gateway/exchange.ts'
import { DIMENSIONS } from '#shared/usage/usage.ts'
import { until } from '../support/until.ts'
import { ownerWithKey, type SignedIn, signIn } from './persons.ts'
import { requestOf, type StartedApp, startApp } from './started-app.ts'

// The owner, two members and a guest, each with a key and two chats on a site of their own.

let started: StartedApp
let owner: SignedIn
let max: SignedIn
let mia: SignedIn
let guest: SignedIn
const SITES = { owner: 'https://owner.example', max: 'https://max.example', mia: 'https://mia.example' }

beforeAll(async () => {
  started = await startApp()
  owner = await ownerWithKey(started)
  max = await signIn(started, 'member', 'Max')
  mia = await signIn(started, 'member', 'Mia')
  guest = await signIn(started, 'guest', 'Gil')
  for (const [secret, site] of [
    [owner.key.secret, SITES.owner],
    [max.key.secret, SITES.max],
    [mia.key.secret, SITES.mia],
    [guest.key.secret, SITES.max],
  ] as const) {
    await chat(secret, site)
    await chat(secret, site)
  }
  await chat('sk-lk-none', 'https://nobody.example')
  await until(() => started.events.filter(({ type }) => type === 'exchange').length >= 9, 'the exchanges')
})
afterAll(() => started.stop())

async function chat(secret: string, origin: string): Promise<void> {
  const response = await fetch(`${started.gatewayUrl()}/api/chat`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secret}`, Origin: origin },
    body: JSON.stringify({ model: 'sample-small', messages: [{ role: 'user', content: 'hello' }], stream: false }),
  })
  await response.text()
}

/** Everything that only somebody else has. */
const foreign = (whose: SignedIn) =>
  [owner, max, mia, guest]
    .filter((one) => one.id !== whose.id)
    .flatMap((one) => [one.id, one.key.id, one.key.name, one.key.prefix])

test.each(['member', 'guest'])('no list, report, file or state of a %s has anything of others in it', async (role) => {
  const person = role === 'member' ? max : guest
  const asked = [
    '/api/state',
    '/api/lan',
    '/api/network',
    '/api/keys',
    '/api/keys/deleted',
    '/api/keys/use',
    '/api/exchanges',
    '/api/people/quotas',
    '/api/export/exchanges',
    '/api/export/exchanges?format=json',
    ...DIMENSIONS.flatMap((by) => [
      `/api/usage?by=${by}`,
      `/api/usage?by=${by}&person=${mia.id}`,
      `/api/usage?by=${by}&key=${mia.key.id}`,
      `/api/usage?by=${by}&key=${mia.key.id},${owner.key.id}&period=all`,
      `/api/export/usage?by=${by}&person=${mia.id}`,
      `/api/export/usage?by=${by}`,
    ]),
    ...[mia.key.id, `${owner.key.id},${mia.key.id}`, '', 'removed', '%25', '*'].flatMap((key) => [
      `/api/exchanges?key=${key}`,
      `/api/export/exchanges?key=${key}&format=json`,
    ]),
    `/api/exchanges?origin=${SITES.mia}`,
    `/api/exchanges?person=${mia.id}`,
    `/api/exchanges?reason=key_malformed`,
  ]
  for (const path of asked) {
    const response = await person.ask(path)
    const text = await response.text()
    expect([path, response.status]).toEqual([path, 200])
    for (const other of [...foreign(person), SITES.owner, SITES.mia, 'nobody.example']) {
      expect([path, other, text.includes(other)]).toEqual([path, other, false])
    }
  }
})

test('a member sees their own keys, uses, places, usage, exchanges and files', async () => {
  expect((await max.call('GET /api/keys', {})).map(({ id }) => id)).toEqual([max.key.id])
  expect((await max.call('GET /api/keys/use', {})).map(({ keyId }) => keyId)).toEqual([max.key.id])
  expect((await max.call('GET /api/people/quotas', {})).map(({ personId }) => personId)).toEqual([max.id])
  expect((await max.call('GET /api/keys/:id/places', {}, max.key.id)).sites.places).toMatchObject([
    { value: SITES.max },
  ])
  const report = await max.call('GET /api/usage', { by: 'key' })
  expect(report.totals.requests).toBe(2)
  expect(report.values.map(({ value }) => value)).toEqual([max.key.id])
  expect(report.previous?.requests).toBe(0)
  const exchanges = await max.call('GET /api/exchanges', {})
  expect(exchanges.map(({ keyId }) => keyId)).toEqual([max.key.id, max.key.id])
  const file = await max.ask('/api/export/exchanges?format=json')
  expect(file.headers.get('latchkey-rows')).toBe('2')
  expect(exchangeSchema.array().parse(await file.json())).toHaveLength(2)
  const none = await max.ask(`/api/export/exchanges?format=json&key=${mia.key.id}`)
  expect([none.headers.get('latchkey-rows'), await none.json()]).toEqual(['0', []])
})

test('the state of a member counts their keys and has no problem, notice or address of the operator', async () => {
  await started.call('PATCH /api/settings', { unknownOrigins: 'ask' })
  await chat(owner.key.secret, 'https://waits.example')
  await until(() => started.app.state().pendingOrigins === 1, 'the question')
  const { upstream, gateway, ...state } = await max.call('GET /api/state', {})
  expect(state).toMatchObject({ keys: 1, pendingOrigins: 0, pendingOnline: 0, notices: [] })
  expect(upstream).toMatchObject({ url: '', reachable: true, problem: null })
  expect(upstream.models).toContain('sample-small:latest')
  expect(gateway.address).toBe(started.app.state().gateway.address)
  await started.call('PATCH /api/settings', { unknownOrigins: 'key' })
  await started.call('POST /api/origins/forget', { origin: 'https://waits.example' })
})

test('the state lists only the models that the person may use', async () => {
  await started.call('PATCH /api/people/:id', { models: ['sample-small'] }, mia.id)
  expect((await mia.call('GET /api/state', {})).upstream.models).toEqual(['sample-small:latest'])
  await started.call('PATCH /api/people/:id', { models: null }, mia.id)
  expect((await mia.call('GET /api/state', {})).upstream.models.length).toBeGreaterThan(1)
})

test('what belongs to others answers exactly like what does not exist', async () => {
  const routes: [ConsoleRoute, object][] = [
    ['GET /api/keys/:id/places', {}],
    ['PATCH /api/keys/:id', { name: 'mine now' }],
    ['DELETE /api/keys/:id', {}],
    ['POST /api/keys/:id/restore', {}],
    ['POST /api/keys/:id/rotate', {}],
  ]
  const answerTo = async (person: SignedIn, route: ConsoleRoute, input: object, id: string) => {
    const response = await person.ask(...requestOf(route, input, id))
    return [response.status, await response.text()]
  }
  for (const [route, input] of routes) {
    const unknown = await answerTo(max, route, input, 'key_unknown')
    expect([route, unknown[0]]).toEqual([route, 404])
    for (const other of [mia, owner, guest]) {
      expect([route, other.key.id, await answerTo(max, route, input, other.key.id)]).toEqual([
        route,
        other.key.id,
        unknown,
      ])
    }
  }
  expect(await answerTo(guest, 'POST /api/keys/:id/rotate', {}, max.key.id)).toEqual(
    await answerTo(guest, 'POST /api/keys/:id/rotate', {}, 'key_unknown'),
  )
})

test('a member makes, changes, replaces, deletes and restores their own keys', async () => {
  const made = await max.call('POST /api/keys', { name: 'Second', tokensPerDay: 5, allowInUrl: true })
  expect(made).toMatchObject({ person: max.id, scopes: ['chat', 'models'], tokensPerDay: 5 })
  const wide = await max.call('PATCH /api/keys/:id', { scopes: ['chat', 'models', 'usage'], enabled: false }, made.id)
  expect(wide.scopes).toEqual(['chat', 'models', 'usage'])
  expect((await max.call('POST /api/keys/:id/rotate', {}, made.id)).secret).not.toBe(made.secret)
  await max.call('DELETE /api/keys/:id', {}, made.id)
  expect((await max.call('GET /api/keys/deleted', {})).map(({ id }) => id)).toEqual([made.id])
  expect(await mia.call('GET /api/keys/deleted', {})).toEqual([])
  await max.call('POST /api/keys/:id/restore', {}, made.id)
  await max.call('DELETE /api/keys/:id', {}, made.id)
})

test('a member makes at most 200 keys, deleted ones included', async () => {
  const many = await signIn(started, 'member', 'Many')
  for (let made = 1; made < 200; made++) {
    const { id } = await many.call('POST /api/keys', { name: 'One of many' })
    if (made % 2 === 0) await many.call('DELETE /api/keys/:id', {}, id)
  }
  const response = await many.send('POST /api/keys', { name: 'Too many' })
  expect(consoleErrorSchema.parse(await response.json()).error).toMatchObject({
    code: 'too_many_keys',
    parts: { limit: '200' },
  })
  await started.call('DELETE /api/people/:id', { usage: 'forget' }, many.id)
})

const widenings: [string, object][] = [
  ['person', { person: 'person_nobody' }],
  ['scopes', { scopes: ['all'] }],
  ['scopes', { scopes: ['chat', 'manage'] }],
  ['online', { online: true }],
]
test.each(widenings)('a member cannot give a key more by %s: %j', async (field, choice) => {
  const refusals = [
    await max.send('POST /api/keys', { name: 'More', ...choice }),
    await max.send('PATCH /api/keys/:id', choice, max.key.id),
  ]
  for (const response of refusals) {
    expect(response.status).toBe(409)
    expect(consoleErrorSchema.parse(await response.json()).error).toMatchObject({
      code: 'key_field_not_allowed',
      parts: { field },
    })
  }
  expect(await max.call('GET /api/keys', {})).toMatchObject([
    { id: max.key.id, scopes: ['chat', 'models'], online: false },
  ])
})

test('a member cannot give a key away or take one', async () => {
  for (const person of [mia.id, owner.id, guest.id]) {
    expect((await max.send('PATCH /api/keys/:id', { person }, max.key.id)).status).toBe(409)
  }
  expect((await max.send('POST /api/keys', { name: 'For Mia', person: mia.id })).status).toBe(409)
  // Left out, the person is the owner in the shape of the request, so a member's own key is meant.
  const own = await max.call('POST /api/keys', { name: 'Own', person: owner.id })
  expect(own.person).toBe(max.id)
  await max.call('DELETE /api/keys/:id', {}, own.id)
  expect((await started.call('GET /api/keys', {})).filter(({ person }) => person === mia.id)).toHaveLength(1)
})

test('a member may keep what an operator gave to a key, but not give it again', async () => {
  const given = await started.call('POST /api/keys', { name: 'Given', person: max.id, scopes: ['all'], online: true })
  const kept = await max.call('PATCH /api/keys/:id', { name: 'Kept', scopes: ['all'], online: true }, given.id)
  expect(kept).toMatchObject({ scopes: ['all'], online: true })
  await max.call('PATCH /api/keys/:id', { scopes: ['chat'], online: false }, given.id)
  expect((await max.send('PATCH /api/keys/:id', { scopes: ['all'] }, given.id)).status).toBe(409)
  expect((await max.send('PATCH /api/keys/:id', { online: true }, given.id)).status).toBe(409)
  await started.call('PATCH /api/keys/:id', { scopes: ['all'] }, given.id)
  await started.call('DELETE /api/keys/:id', {}, given.id)
  expect((await max.send('POST /api/keys/:id/restore', {}, given.id)).status).toBe(409)
  await started.call('POST /api/forget', { key: given.id })
})

test('a guest gets a new secret for their own key, and changes nothing else about it', async () => {
  const rotated = await guest.call('POST /api/keys/:id/rotate', {}, guest.key.id)
  expect(rotated.secret).toMatch(/^sk-lk-/)
  await chat(rotated.secret, SITES.max)
  for (const [route, input] of [
    ['POST /api/keys', { name: 'Mine' }],
    ['PATCH /api/keys/:id', { name: 'Mine' }],
    ['DELETE /api/keys/:id', {}],
    ['POST /api/keys/:id/restore', {}],
  ] as [ConsoleRoute, object][]) {
    expect([route, (await guest.ask(...requestOf(route, input, guest.key.id))).status]).toEqual([route, 403])
  }
})

test('an admin cannot change, pause, remove or sign out the owner, or make another', async () => {
  const admin = await signIn(started, 'admin', 'Ada')
  const before = (await started.call('GET /api/people', {}))[0]
  for (const patch of [
    { name: 'x' },
    { state: 'paused' },
    { role: 'guest' },
    { email: 'a@b.example' },
    { tokensPerDay: 1 },
    {},
  ])
    expect((await admin.send('PATCH /api/people/:id', patch as { name: string }, owner.id)).status).toBe(403)
  expect((await admin.send('DELETE /api/people/:id', {}, owner.id)).status).toBe(403)
  expect((await admin.send('DELETE /api/people/:id/sessions', {}, owner.id)).status).toBe(403)
  const session = (await started.call('GET /api/people/:id/sessions', {}, admin.id))[0]?.id ?? ''
  // One of their own, called one of the owner's or of the guest's, ends nobody's.
  expect((await admin.send('DELETE /api/people/:id/sessions', { session }, owner.id)).status).toBe(403)
  expect((await admin.send('DELETE /api/people/:id/sessions', { session }, guest.id)).status).toBe(404)
  expect((await admin.send('PATCH /api/people/:id', { role: 'owner' }, admin.id)).status).toBe(409)
  expect((await admin.send('POST /api/people', { name: 'Second', role: 'owner' })).status).toBe(409)
  expect((await started.call('GET /api/people', {}))[0]).toEqual(before)
  // Everybody else they can.
  expect((await admin.call('PATCH /api/people/:id', { tokensPerDay: 9 }, guest.id)).tokensPerDay).toBe(9)
})
