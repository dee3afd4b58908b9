import { afterEach, beforeEach, expect, test } from 'vitest'
import { setupOfKeys } from '../support/old-keys.ts'
import { until } from '../support/until.ts'
import { type StartedApp, startApp } from './started-app.ts'

let app: StartedApp
beforeEach(async () => {
  app = await startApp()
})
afterEach(() => app.stop())

async function chat(secret: string): Promise<number> {
  const response = await fetch(`${app.gatewayUrl()}/api/chat`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secret}` },
    body: JSON.stringify({ model: 'sample-small', messages: [{ role: 'user', content: 'hello' }], stream: false }),
  })
  await response.text()
  return response.status
}

const byPerson = async () =>
  (await app.call('GET /api/usage', { by: 'person' })).values.map(({ value, label }) => [value, label])
const recorded = (count: number) =>
  until(() => app.events.filter(({ type }) => type === 'exchange').length >= count || undefined, 'the exchanges')

test('usage is told by person, and stays without a name when they are removed', async () => {
  const anna = await app.call('POST /api/people', { name: 'Anna' })
  const { secret } = await app.call('POST /api/keys', { name: 'Laptop', person: anna.id })
  expect(await chat(secret)).toBe(200)
  await recorded(1)
  expect(await byPerson()).toEqual([[anna.id, 'Anna']])
  await app.call('DELETE /api/people/:id', {}, anna.id)
  expect(await chat(secret)).toBe(401)
  expect((await app.call('GET /api/keys', {})).map(({ name }) => name)).toEqual([])
  expect(await byPerson()).toContainEqual(['removed', 'Removed person'])
  const csv = await (await app.ask('/api/export/usage?by=person')).text()
  expect(csv).toContain('Removed person')
  expect(csv).not.toContain('Anna')
})

test('a person who is forgotten leaves no trace of usage, audit trail or backup', async () => {
  const anna = await app.call('POST /api/people', { name: 'Annabella' })
  const { secret, id } = await app.call('POST /api/keys', { name: 'Laptop', person: anna.id })
  await chat(secret)
  await recorded(1)
  await app.call('POST /api/backups', {})
  await app.call('DELETE /api/people/:id', { usage: 'forget' }, anna.id)
  expect(await byPerson()).toEqual([])
  expect(await app.call('GET /api/backups', {})).toEqual([])
  const trail = JSON.stringify(await app.call('GET /api/audit', {}))
  for (const trace of ['Annabella', anna.id, id]) expect(trail).not.toContain(trace)
})

test('the audit trail has each change of a person, without values', async () => {
  const { id } = await app.call('POST /api/people', { name: 'Anna' })
  await app.call('PATCH /api/people/:id', { tokensPerDay: 5, hours: ['07:00-20:00'] }, id)
  await app.call('PATCH /api/people/:id', { state: 'paused' }, id)
  await app.call('PATCH /api/people/:id', { state: 'active', name: 'Anne' }, id)
  await app.call('DELETE /api/people/:id', {}, id)
  const trail = (await app.call('GET /api/audit', {})).reverse()
  expect(trail.map(({ action, label, fields }) => [action, label, fields])).toEqual([
    ['person.create', 'Anna', []],
    ['person.change', 'Anna', ['hours', 'tokensPerDay']],
    ['person.pause', 'Anna', []],
    ['person.change', 'Anne', ['name']],
    ['person.resume', 'Anne', []],
    ['person.remove', 'Anne', []],
  ])
})

test('a setup of an older version makes a person of each owner, and finds those who are here', async () => {
  const { id } = await app.call('POST /api/people', { name: 'Anna' })
  const setup = setupOfKeys([
    { name: 'One', createdAt: 1 },
    { name: 'Two', createdAt: 1 },
    { name: 'Three', createdAt: 1 },
  ])
  const owners = [null, 'anna', 'Ben']
  const keys = setup.keys.map((stored, at) => ({
    ...stored,
    key: { ...stored.key, person: undefined, owner: owners[at] },
  }))
  expect(await app.call('POST /api/setup', { ...setup, keys })).toMatchObject({ persons: 1, keys: 3 })
  const people = await app.call('GET /api/people', {})
  const ben = people.find(({ name }) => name === 'Ben')
  expect((await app.call('GET /api/keys', {})).map(({ person }) => person)).toEqual(['person_owner', id, ben?.id])
})

test('a restored backup has the persons of its time, and somebody who was paused since is not', async () => {
  const { id } = await app.call('POST /api/people', { name: 'Anna' })
  const { secret } = await app.call('POST /api/keys', { name: 'Laptop', person: id })
  const backup = await app.call('POST /api/backups', {})
  await app.call('PATCH /api/people/:id', { state: 'paused', name: 'Anne' }, id)
  const later = await app.call('POST /api/people', { name: 'Later' })
  expect(await chat(secret)).toBe(403)
  await app.call('POST /api/backups/restore', { name: backup.name })
  expect((await app.call('GET /api/people', {})).map(({ name }) => name).slice(1)).toEqual(['Anna'])
  expect(await chat(secret)).toBe(200)
  const answer = await app.ask(`/api/people/${later.id}`, {
    method: 'DELETE',
    headers: { 'Content-Type': 'application/json' },
    body: '{}',
  })
  expect(answer.status).toBe(404)
})

test.each([
  [{ role: 'member' }, 409, 'owner_stays'],
  [{ state: 'paused' }, 409, 'owner_stays'],
  [{ id: 'person_x' }, 400, 'input_unknown'],
  [{ hours: ['9-5'] }, 400, 'hours_wrong'],
  [{ origins: ['example.org/path'] }, 409, 'origin_invalid'],
])('%j is refused for the owner', async (patch, status, code) => {
  const init = { method: 'PATCH', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(patch) }
  const answer = await app.ask('/api/people/person_owner', init)
  expect([answer.status, await answer.json()]).toEqual([status, { error: expect.objectContaining({ code }) as object }])
})
