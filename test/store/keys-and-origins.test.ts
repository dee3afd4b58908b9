import { afterEach, beforeEach, expect, test } from 'vitest'
import type { WholeStore } from '../support/summed-store.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { NOW, open, originRecord, storedKey } from './fixtures.ts'

let dir: TempDir
let store: WholeStore
beforeEach(async () => {
  dir = await createTempDir()
  store = await open(dir.path)
})
afterEach(async () => {
  await store.close()
  await dir.remove()
})

async function reopen() {
  await store.close()
  store = await open(dir.path)
}

test('a key comes back as it was written, limits, lists and both secrets of a rotation included', async () => {
  const full = storedKey('full', {
    endpoints: ['/api/*'],
    models: ['a', 'b*'],
    origins: ['https://example.org'],
    expiresAt: NOW + 1,
    requestsPerMinute: 1,
    tokensPerDay: 2,
    concurrency: 3,
    allowInUrl: true,
    owner: 'Ada',
    enabled: false,
    lastUsedAt: NOW + 2,
    graceUntil: NOW + 3,
  })
  const rotated = {
    ...full,
    secrets: [...full.secrets, { hash: 'old', prefix: 'sk-lk-old123', expiresAt: NOW + 3 }],
    deletedAt: NOW + 4,
  }
  const plain = storedKey('plain')
  await store.keys.insert(rotated)
  await store.keys.insert(plain)
  await reopen()
  expect(await store.keys.load()).toEqual([rotated, plain])
})

test('replacing a key replaces its secrets and leaves other keys alone', async () => {
  const one = storedKey('one')
  const other = storedKey('other')
  await store.keys.insert(one)
  await store.keys.insert(other)
  const renewed = {
    key: { ...one.key, name: 'New name' },
    secrets: [{ hash: 'new', prefix: 'sk-lk-new123', expiresAt: null }],
    deletedAt: null,
  }
  await store.keys.replace(renewed)
  await reopen()
  expect(await store.keys.load()).toEqual([renewed, other])
})

test('replacing a key that does not exist fails and leaves no secret behind', async () => {
  await expect(store.keys.replace(storedKey('ghost'))).rejects.toThrow('no key ghost')
  await store.keys.insert(storedKey('ghost'))
  expect(await store.keys.load()).toEqual([storedKey('ghost')])
})

test('a secret that another key has is refused, and its key is not half there', async () => {
  await store.keys.insert(storedKey('one'))
  const thief = { ...storedKey('two'), secrets: storedKey('one').secrets }
  await expect(store.keys.insert(thief)).rejects.toThrow()
  expect(await store.keys.load()).toEqual([storedKey('one')])
})

test('last use is written for many keys at once', async () => {
  await store.keys.insert(storedKey('one'))
  await store.keys.insert(storedKey('two'))
  await store.keys.touch(
    new Map([
      ['one', NOW + 5],
      ['nobody', NOW],
    ]),
  )
  await reopen()
  expect((await store.keys.load()).map((stored) => stored.key.lastUsedAt)).toEqual([NOW + 5, null])
})

test('an origin is put, changed and removed', async () => {
  const record = originRecord('chrome-extension://abc', { label: 'Page Assist' })
  await store.origins.put(record)
  await store.origins.put(originRecord('null', { status: 'pending', decidedBy: null }))
  await store.origins.put({ ...record, status: 'allowed' })
  await store.origins.remove('null')
  await reopen()
  expect(await store.origins.load()).toEqual([{ ...record, status: 'allowed' }])
})

test('a late batch of counts does not undo a decision', async () => {
  const record = originRecord('https://example.org', { status: 'blocked' })
  await store.origins.put(record)
  await store.origins.touch([
    { ...record, status: 'allowed', decidedBy: 'key', requests: 9, refused: 2, lastSeenAt: NOW + 1 },
  ])
  expect(await store.origins.load()).toEqual([{ ...record, requests: 9, refused: 2, lastSeenAt: NOW + 1 }])
})
