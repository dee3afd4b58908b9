import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AppEvent } from '#shared/console-api/events.ts'
import { newPersonSchema } from '#shared/people/person.ts'
import type { SignInMethod } from '#shared/people/session.ts'
import { type Settings, settingsSchema } from '#shared/settings/settings.ts'
import { openRooms, type Rooms } from '../../src-main/app/rooms.ts'
import { openStore } from '../../src-main/app/store/open-store.ts'
import type { StorePort } from '../../src-main/app/store/store-port.ts'
import type { OpenedSession } from '../../src-main/people/sessions/sessions.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

const HUB = { id: 'hub', name: 'Hub', preset: 'github', issuer: null, clientId: 'id' }
const COMPANY = { id: 'company', name: 'Company', preset: 'other', clientId: 'id', issuer: 'https://id.example' }
const SILENT = { debug() {}, info() {}, warn() {}, error() {} }

let dir: TempDir
let store: StorePort
let rooms: Rooms
let events: AppEvent[]
let ended: string[]
let anna: string
let settings: Settings

beforeEach(async () => {
  dir = await createTempDir()
  settings = settingsSchema.parse({ providers: [HUB, COMPANY] })
  await open()
  anna = (await rooms.people.create(newPersonSchema.parse({ name: 'Anna' }))).id
  await rooms.credentials.setPassword(anna, 'a hash')
  events = []
})
afterEach(async () => {
  await close()
  await dir.remove()
})

/** The rooms of an app over a real data file. */
async function open(): Promise<void> {
  events = []
  ended = []
  store = await openStore({
    host: { dataDir: dir.path, lockDir: dir.path, database: null, log: SILENT, version: '0.0.0' },
    now: Date.now,
    settings: () => settingsSchema.parse({}),
  })
  rooms = await openRooms({
    host: { log: SILENT },
    store,
    settings: { read: () => settings },
    now: Date.now,
    tell: (event) => void events.push(event),
    consoleOrigins: () => [],
  })
  rooms.sessions.onEnded((id) => ended.push(id))
}

async function close(): Promise<void> {
  await rooms.close()
  await store.close()
}

async function reopen(): Promise<void> {
  await close()
  await open()
}

const enter = () =>
  rooms.sessions.open({ personId: anna, method: 'password', device: 'Firefox', address: '192.168.1.7' })
const find = ({ cookie, pageSecret }: OpenedSession) => rooms.sessions.find([cookie], pageSecret)

test('a session survives a restart, and its end too', async () => {
  const [kept, gone] = [await enter(), await enter()]
  expect(events.filter(({ type }) => type === 'sessions')).toHaveLength(2)
  await rooms.sessions.end(gone.id, anna)
  await reopen()
  expect(find(kept)).toMatchObject({ personId: anna, role: 'member', method: 'password' })
  expect(find(gone)).toBeUndefined()
  expect(rooms.sessions.list(anna, kept.id)).toMatchObject([
    { id: kept.id, device: 'Firefox', address: '192.168.1.7', current: true },
  ])
})

test.each([
  ['paused', () => rooms.people.change(anna, { state: 'paused' })],
  ['made to wait', () => rooms.people.change(anna, { state: 'pending' })],
  ['given another role', () => rooms.people.change(anna, { role: 'admin' })],
  ['removed', () => rooms.people.remove(anna, async () => {})],
])('the sessions of a person who is %s end, for good', async (_, change) => {
  const sessions = [await enter(), await enter()]
  await change()
  expect(ended).toEqual(sessions.map(({ id }) => id))
  expect(sessions.map(find)).toEqual([undefined, undefined])
  if (rooms.people.find(anna) !== undefined) await rooms.people.change(anna, { state: 'active', role: 'member' })
  await reopen()
  expect(sessions.map(find)).toEqual([undefined, undefined])
})

test('another name or limit ends no session', async () => {
  const session = await enter()
  await rooms.people.change(anna, { name: 'Anne', tokensPerDay: 1, models: [] })
  expect(find(session)).toBeDefined()
})

test('a restored backup opens no session that has ended since, and ends none that is open', async () => {
  const old = await enter()
  const { name } = await store.backups.create('asked')
  await rooms.sessions.end(old.id, anna)
  const fresh = await enter()
  await store.backups.restore(name)
  expect([find(old), find(fresh)?.id]).toEqual([undefined, fresh.id])
  await reopen()
  expect([find(old), find(fresh)?.id]).toEqual([undefined, fresh.id])
})

test('a backup without the person ends their sessions', async () => {
  const { name } = await store.backups.create('asked')
  const bo = await rooms.people.create(newPersonSchema.parse({ name: 'Bo' }))
  await rooms.credentials.setPassword(bo.id, 'a hash')
  const session = await rooms.sessions.open({ personId: bo.id, method: 'password', device: null, address: null })
  await store.backups.restore(name)
  expect(find(session)).toBeUndefined()
  expect(ended).toEqual([session.id])
})

describe('a session ends with the way in by which it began', () => {
  const passkey = { kind: 'passkey', subject: 'a passkey', name: 'Phone', data: '{}' } as const
  const github = { kind: 'github', subject: 'https://github.com 7', name: 'anna', data: '{}' } as const
  const account = { kind: 'oidc', subject: 'https://id.example/ 7', name: 'anna@id.example', data: '{}' } as const
  const [password] = [{ kind: 'password' } as const]
  const ways = [password, passkey, github, account]

  /** A session by each way in. */
  async function enterByAll(): Promise<Record<SignInMethod, OpenedSession>> {
    for (const way of [passkey, github, account]) await rooms.credentials.add(anna, way)
    const methods = [...ways.map(({ kind }) => kind), 'link'] as const
    const opened = methods.map(async (method) => [
      method,
      await rooms.sessions.open({ personId: anna, method, device: null, address: null }),
    ])
    return Object.fromEntries(await Promise.all(opened)) as Record<SignInMethod, OpenedSession>
  }

  function openOnes(sessions: Record<SignInMethod, OpenedSession>): string[] {
    return Object.entries(sessions).flatMap(([method, session]) => (find(session) === undefined ? [] : [method]))
  }

  test.each(ways)('when the $kind is removed', async ({ kind }) => {
    const sessions = await enterByAll()
    const all = openOnes(sessions)
    expect(all).toHaveLength(5)
    const [credential] = rooms.credentials.of(anna).filter((one) => one.kind === kind)
    await rooms.credentials.remove(anna, credential?.id ?? '', () => undefined)
    expect(ended).toEqual([sessions[kind].id])
    expect(openOnes(sessions)).toEqual(all.filter((method) => method !== kind))
    await reopen()
    expect(openOnes(sessions)).toEqual(all.filter((method) => method !== kind))
  })

  test.each([
    ['local sign-in is off', { localSignIn: false }, ['github', 'oidc', 'link']],
    ['the provider is removed', { providers: [HUB] }, ['password', 'passkey', 'github', 'link']],
    ['GitHub is removed', { providers: [COMPANY] }, ['password', 'passkey', 'oidc', 'link']],
    [
      'the provider is replaced by another one',
      { providers: [HUB, { ...COMPANY, issuer: 'https://id.example.org' }] },
      ['password', 'passkey', 'github', 'link'],
    ],
    [
      'another provider comes',
      { providers: [HUB, COMPANY, { ...COMPANY, id: 'b', issuer: 'https://b.example' }] },
      null,
    ],
  ])('when %s', async (_, change, left) => {
    const sessions = await enterByAll()
    const all = openOnes(sessions)
    settings = settingsSchema.parse({ providers: [HUB, COMPANY], ...change })
    expect(openOnes(sessions)).toEqual(left ?? all)
    rooms.sessions.look()
    expect(ended).toHaveLength(all.length - (left ?? all).length)
  })
})

test('the data file has no secret of a session', async () => {
  const { cookie, pageSecret } = await enter()
  await close()
  const bytes = await readFile(join(dir.path, 'latchkey.db'), 'latin1')
  expect(bytes).toContain('192.168.1.7')
  for (const secret of [cookie, pageSecret]) expect(bytes).not.toContain(secret)
  await open()
})
