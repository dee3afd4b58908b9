import { closeSync, copyFileSync, existsSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { QUARTER_MS } from '../../src-shared/keys/stored.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { exchange, latest, NOW, open } from './fixtures.ts'

/** Written by Latchkey when its schema was at that version: 2 keys, 1 site, 300 requests in the sums, 200 of them raw. */
const fileOf = (version: number) => join(import.meta.dirname, 'files', `version-${version}.db`)

let dir: TempDir
let file: string
beforeEach(async () => {
  dir = await createTempDir()
  file = join(dir.path, 'latchkey.db')
  writeFileSync(join(dir.path, 'store.json'), '{"recovering":null,"suspect":false}')
})
afterEach(() => dir.remove())

const quarter = Math.floor(NOW / QUARTER_MS)

test.each([1, 2, 3, 5, 7, 8])('a file of version %i keeps its keys, sites, requests and sums', async (version) => {
  copyFileSync(fileOf(version), file)
  const store = await open(dir.path)
  expect(store.notices).toEqual([])
  // The text `owner` of the second key was “Ada”; the first had none.
  const [owner, ada, ...others] = await store.persons.load()
  expect(owner).toMatchObject({ id: 'person_owner', role: 'owner', state: 'active' })
  expect(ada).toMatchObject({ name: 'Ada', role: 'member', state: 'active', online: true, tokensPerDay: null })
  expect(others).toEqual([])
  expect((await store.keys.load()).map(({ key }) => [key.id, key.enabled, key.person])).toEqual([
    ['key-1', true, owner?.id],
    ['key-2', false, ada?.id],
  ])
  // Keys from before the field `online`: they are offline and have no question.
  const online = version < 5 ? [false, null] : [true, 'answered']
  expect((await store.keys.load()).map(({ key }) => [key.online, key.onlineQuestion])).toEqual([online, [false, null]])
  expect((await store.origins.load()).map((record) => record.status)).toEqual(['blocked'])
  expect(await latest(store, 1000)).toHaveLength(200)
  const sums = await store.usage.sums('key', 0, quarter + 1)
  expect(Object.fromEntries(sums.map(({ value, requests, totalTokens }) => [value, [requests, totalTokens]]))).toEqual({
    'key-1': [200, 6000],
    'key-2': [100, 3000],
  })
  await store.close()
})

test('keys of version 5 keep what they may do, and may be used by any app', async () => {
  copyFileSync(fileOf(5), file)
  const store = await open(dir.path)
  const [first, second] = (await store.keys.load()).map(({ key }) => key)
  expect(first).toMatchObject({ online: true, onlineQuestion: 'answered' })
  for (const key of [first, second]) expect(key).toMatchObject({ app: null, otherApp: null, onlyItsApp: false })
  await store.close()
})

test('persons of version 7 have no picture yet, and nobody can sign in or join', async () => {
  copyFileSync(fileOf(7), file)
  const store = await open(dir.path)
  expect((await store.persons.load()).map(({ name, picture }) => [name, picture])).toEqual([
    ['Owner', null],
    ['Ada', null],
  ])
  expect([await store.credentials.load(), await store.invitations.load()]).toEqual([[], []])
  await store.close()
})

test('an invitation of version 8 is for somebody new, and ways in stay', async () => {
  copyFileSync(fileOf(8), file)
  const store = await open(dir.path)
  expect(await store.invitations.load()).toMatchObject([{ id: 'invitation_one', name: 'Carla', person: null }])
  const [, ada] = await store.persons.load()
  expect(await store.credentials.load()).toMatchObject([{ id: 'credential_one', person: ada?.id }])
  await store.close()
})

test('sums of version 2 keep their times, and their blocks', async () => {
  copyFileSync(fileOf(2), file)
  const store = await open(dir.path)
  const [all] = await store.usage.times('all', 0, quarter + 1)
  // They took from 100 to 399 ms.
  expect(all?.duration.quantile(0.5)).toBeGreaterThan(230)
  expect(all?.duration.quantile(0.5)).toBeLessThan(270)
  const before = await store.usage.sums('route', 0, quarter + 1)
  while (await store.usage.rollUp(quarter + 100));
  expect(await store.usage.sums('route', 0, quarter + 1)).toEqual(before)
  await store.close()
})

test('sums of version 1 have the class for their route, a speed, and no times', async () => {
  copyFileSync(fileOf(1), file)
  const store = await open(dir.path)
  const routes = await store.usage.times('route', 0, quarter + 1)
  expect(Object.fromEntries(routes.map(({ value, requests }) => [value, requests]))).toEqual({ chat: 240, models: 60 })
  expect(routes.map(({ duration }) => duration.quantile(0.5))).toEqual([null, null])
  expect(routes.every(({ tokenMs }) => tokenMs > 0)).toBe(true)
  await store.usage.append([exchange('new')], [])
  while (await store.usage.rollUp(quarter + 100));
  expect((await store.usage.times('all', 0, quarter + 1))[0]).toMatchObject({ requests: 301, value: '' })
  await store.close()
})

test('a file of version 1 is made one that can shrink, and a copy of it is kept', async () => {
  copyFileSync(fileOf(1), file)
  await (await open(dir.path)).close()
  const upgraded = new Database(file)
  expect(upgraded.pragma('auto_vacuum', { simple: true })).toBe(2)
  expect(upgraded.pragma('integrity_check', { simple: true })).toBe('ok')
  upgraded.close()
  expect(existsSync(`${file}.before-2`)).toBe(true)
})

function overwriteFirstPage() {
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(4096, 0xa5), 0, 4096, 0)
  closeSync(handle)
}

test.each([
  [1, 'before'],
  [1, 'after'],
  [2, 'before'],
  [2, 'after'],
  [3, 'before'],
  [3, 'after'],
  [5, 'before'],
  [5, 'after'],
  [7, 'before'],
  [7, 'after'],
  [8, 'before'],
  [8, 'after'],
])('a first page of version %i that is lost %s the upgrade costs nothing', async (version, when) => {
  copyFileSync(fileOf(version), file)
  if (when === 'after') await (await open(dir.path)).close()
  overwriteFirstPage()
  const store = await open(dir.path)
  expect(store.notices[0]?.message).toContain('2 keys, 1 site and 200 requests')
  expect((await store.keys.load()).every((stored) => stored.secrets.length === 1)).toBe(true)
  expect((await store.usage.sums('all', 0, quarter + 1))[0]).toMatchObject({ requests: 300 })
  await store.close()
})
