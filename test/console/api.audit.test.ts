import { afterAll, beforeAll, expect, test } from 'vitest'
import { DailyUpkeep } from '../../src-main/app/operations/daily-upkeep.ts'
import { until } from '../support/until.ts'
import { signIn } from './persons.ts'
import { requestOf, type StartedApp, startApp } from './started-app.ts'

let started: StartedApp
beforeAll(async () => {
  started = await startApp()
})
afterAll(() => started.stop())

test('the trail says through which door each change came, newest first, in pages', async () => {
  const key = await started.call('POST /api/keys', { name: 'By the window' })
  await started.app.core.origins.decide('https://one.example', 'blocked')
  const response = await started.app.commandLine(
    new Request(
      ...(['http://console/api/settings', requestOf('PATCH /api/settings', { retentionDays: 7 })[1]] as const),
    ),
  )
  expect(response.status).toBe(200)
  const entries = await started.call('GET /api/audit', {})
  expect(entries.map(({ actor, action, subject, label }) => [actor, action, subject, label])).toEqual([
    ['command line', 'settings.change', null, null],
    ['tray', 'origin.block', 'https://one.example', null],
    ['console', 'key.create', key.id, 'By the window'],
  ])
  const older = await started.call('GET /api/audit', { before: entries[0]?.id ?? 0, limit: 1 })
  expect(older).toEqual([entries[1]])
  expect(entries[0]?.time).toBeGreaterThan(Date.now() - 60_000)
})

test('a key of the first run and an answered question stand under pairing, whichever door; the key is no other', async () => {
  const plain = await started.call('POST /api/keys', { name: 'Plain' })
  const paired = await started.call('POST /api/keys', { name: 'Page Assist', via: 'pairing' })
  const same = ({ scopes, models, origins, endpoints, allowInUrl }: typeof plain) =>
    JSON.stringify({ scopes, models, origins, endpoints, allowInUrl })
  expect(same(paired)).toBe(same(plain))
  expect((await started.ask(...requestOf('POST /api/keys', { name: 'x', via: 'tray' }))).status).toBe(400)
  await started.call('PATCH /api/settings', { unknownOrigins: 'ask' })
  for (const origin of ['https://asks.example', 'https://asks-too.example']) {
    const headers = { Authorization: `Bearer ${paired.secret}`, Origin: origin }
    const answer = await fetch(`${started.gatewayUrl()}/api/tags`, { headers })
    expect(answer.status).toBe(403)
    await answer.text()
  }
  await started.call('POST /api/origins/decide', { origin: 'https://asks.example', status: 'allowed' })
  await started.app.core.origins.decide('https://asks-too.example', 'blocked')
  await started.call('POST /api/origins/decide', { origin: 'https://asks.example', status: 'blocked' })
  const entries = await started.call('GET /api/audit', { limit: 6 })
  expect(entries.map(({ actor, action }) => [actor, action])).toEqual([
    ['console', 'origin.block'],
    ['pairing', 'origin.block'],
    ['pairing', 'origin.allow'],
    ['console', 'settings.change'],
    ['pairing', 'key.create'],
    ['console', 'key.create'],
  ])
})

test('a change that was refused, or of something that is not there, leaves nothing in the trail', async () => {
  const before = await started.call('GET /api/audit', {})
  expect((await started.ask(...requestOf('PATCH /api/keys/:id', { name: 'x' }, 'key_nobody'))).status).toBe(404)
  expect((await started.ask(...requestOf('POST /api/backups/restore', { name: 'none' }))).status).toBe(404)
  expect((await started.ask(...requestOf('POST /api/keys', { name: '' }))).status).toBe(400)
  expect(await started.call('GET /api/audit', {})).toEqual(before)
})

test('a credential that is set stands in the trail without itself', async () => {
  await started.call('PUT /api/upstream/credential', { credential: 'very-secret-value' })
  const [entry] = await started.call('GET /api/audit', { limit: 1 })
  expect(entry).toMatchObject({ action: 'credential.change', subject: null, fields: [] })
  expect(JSON.stringify(await started.call('GET /api/audit', {}))).not.toContain('very-secret')
})

test('each day a backup is made, and what is older than a year leaves the trail', async () => {
  const made: number[] = []
  const prunedBefore: number[] = []
  let now = Date.UTC(2026, 7, 14)
  const look = async () => {
    const upkeep = new DailyUpkeep({
      remind: async () => undefined,
      audit: { prune: async (before) => void prunedBefore.push(before) },
      backups: {
        create: async (kind) => {
          made.unshift(now)
          return { name: 'x', time: now, bytes: 1, kind }
        },
        list: async () => made.map((time) => ({ name: 'x', time, bytes: 1, kind: 'daily' as const })),
      },
      now: () => now,
      log: { info() {}, warn() {}, error() {} },
      firstAfterMs: 0,
    })
    const looked = prunedBefore.length
    upkeep.start()
    await until(() => prunedBefore.length > looked, 'a look')
    await upkeep.stop()
  }
  await look()
  now += 3_600_000
  await look()
  now += 86_400_000
  await look()
  expect(made).toHaveLength(2)
  expect(prunedBefore[0]).toBe(Date.UTC(2025, 7, 14))
})

test('the trail names the person of each change and the address they came from', async () => {
  const max = await signIn(started, 'member', 'Max')
  await max.call('POST /api/keys', { name: 'Own' })
  const [byMax, byOwner] = await started.call('GET /api/audit', { limit: 2 })
  expect(byMax).toMatchObject({
    action: 'key.create',
    actor: 'console',
    person: max.id,
    personName: 'Max',
    address: '192.168.1.7',
  })
  expect(byOwner).toMatchObject({ action: 'key.create', person: 'person_owner', personName: 'Owner', address: null })
  await started.call('PATCH /api/people/:id', { name: 'Maximilian' }, max.id)
  const [, renamed] = await started.call('GET /api/audit', { limit: 2 })
  expect(renamed?.personName).toBe('Maximilian')
})

test('what a removed person changed stays without their name, and without a trace once they are forgotten', async () => {
  const [anna, bob] = [await signIn(started, 'member', 'Annabel'), await signIn(started, 'admin', 'Bobby')]
  await anna.call('POST /api/keys', { name: 'Of Annabel' })
  await bob.call('POST /api/origins/decide', { origin: 'https://by-bob.example', status: 'blocked' })
  await started.call('DELETE /api/people/:id', { usage: 'keep' }, anna.id)
  const made = (await started.call('GET /api/audit', {})).find(({ label }) => label === 'Of Annabel')
  expect(made).toMatchObject({ person: anna.id, personName: null, address: '192.168.1.7' })
  await started.call('DELETE /api/people/:id', { usage: 'forget' }, bob.id)
  const entries = await started.call('GET /api/audit', {})
  expect(entries.find(({ subject }) => subject === 'https://by-bob.example')).toMatchObject({
    action: 'origin.block',
    person: null,
    address: null,
  })
  expect(JSON.stringify(entries)).not.toContain(bob.id)
})

test('a refused change of a member leaves nothing in the trail', async () => {
  const max = await signIn(started, 'member', 'Max')
  const before = await started.call('GET /api/audit', {})
  await max.send('PATCH /api/settings', { retentionDays: 1 })
  await max.send('POST /api/keys', { name: 'All', scopes: ['all'] })
  await max.send('DELETE /api/keys/:id', {}, 'key_unknown')
  expect(await started.call('GET /api/audit', {})).toEqual(before)
})
