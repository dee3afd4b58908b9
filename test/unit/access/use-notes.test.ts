import { afterEach, expect, test, vi } from 'vitest'
import { ask, decide, NOON, newKey, openRoom } from './room.ts'

const SITE = 'https://chat.example'

afterEach(() => vi.useRealTimers())

async function openWithSite() {
  const room = await openRoom()
  const key = await room.access.keys.create(newKey())
  decide(room.access, key.secret, ask('POST', '/api/chat', SITE))
  await room.access.flush()
  room.stores.calls.length = 0
  return { ...room, key }
}

test('a thousand exchanges are two writes, a few seconds later', async () => {
  vi.useFakeTimers()
  const { access, stores, key } = await openWithSite()
  for (let index = 1; index <= 1000; index++) access.noteUse(key.id, SITE, NOON + index, index % 4 === 0)
  expect(stores.calls).toEqual([])
  await vi.advanceTimersByTimeAsync(5000)
  expect(stores.calls.toSorted()).toEqual(['keys.touch', 'origins.touch'])
  expect(stores.keyRows.get(key.id)?.key.lastUsedAt).toBe(NOON + 999)
  expect(stores.originRows.get(SITE)).toMatchObject({ requests: 1000, refused: 250, lastSeenAt: NOON + 1000 })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(stores.calls).toHaveLength(2)
})

test('the person sees last use and counts at once', async () => {
  const { access, key } = await openWithSite()
  access.noteUse(key.id, SITE, NOON + 5, false)
  access.noteUse(key.id, null, NOON + 3, false)
  expect(await access.keys.list()).toMatchObject([{ lastUsedAt: NOON + 5 }])
  expect(await access.origins.list()).toMatchObject([{ requests: 1, refused: 0, lastSeenAt: NOON + 5 }])
})

test('a refused exchange is no use of its key, and unknown keys and origins are no matter', async () => {
  const { access, stores, key } = await openWithSite()
  access.noteUse(key.id, null, NOON, true)
  access.noteUse('key_none', 'https://never.seen', NOON, false)
  await access.flush()
  expect(stores.calls).toEqual([])
  expect(await access.keys.list()).toMatchObject([{ lastUsedAt: null }])
})

test('a change of a key keeps its last use, written or not', async () => {
  const { access, stores, key } = await openWithSite()
  access.noteUse(key.id, null, NOON + 7, false)
  await access.keys.update(key.id, { name: 'renamed' })
  expect(stores.keyRows.get(key.id)?.key).toMatchObject({ name: 'renamed', lastUsedAt: NOON + 7 })
})

test('closing writes what is left, behind the decisions under way', async () => {
  const { access, stores, key } = await openWithSite()
  const changes = Promise.all([access.origins.forget(SITE), access.keys.update(key.id, { enabled: false })])
  access.noteUse(key.id, SITE, NOON + 9, false)
  await access.close()
  expect(stores.originRows.size).toBe(0)
  expect(stores.keyRows.get(key.id)?.key).toMatchObject({ enabled: false, lastUsedAt: NOON + 9 })
  await changes
})

test('closing waits for a change that is still being written', async () => {
  const { access, stores, key } = await openWithSite()
  const { promise, resolve } = Promise.withResolvers<void>()
  stores.held = promise
  const order: string[] = []
  const saving = access.keys.update(key.id, { name: 'slow' }).then(() => order.push('saved'))
  const closing = access.close().then(() => order.push('closed'))
  setImmediate(resolve)
  await Promise.all([saving, closing])
  expect(order).toEqual(['saved', 'closed'])
})

test('counts that cannot be written are a warning, and the next ones are written', async () => {
  const { access, stores, key, warnings } = await openWithSite()
  stores.diskFull = true
  access.noteUse(key.id, SITE, NOON + 1, false)
  await access.flush()
  expect(warnings).toHaveLength(2)
  stores.diskFull = false
  access.noteUse(key.id, SITE, NOON + 2, false)
  await access.flush()
  expect(stores.originRows.get(SITE)).toMatchObject({ requests: 2 })
})
