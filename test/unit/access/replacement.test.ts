import { expect, test } from 'vitest'
import { isRefusal, type Lease } from '#shared/gateway/decisions.ts'
import type { Key } from '#shared/keys/key.ts'
import type { AccessRoom } from '../../../src-main/access/access-room.ts'
import { keyOf, NOON, newKey, openRoom, verdict } from './room.ts'

const SITE = 'https://chat.example'

function admitted(access: AccessRoom, key: Key): Lease {
  const lease = access.admit(key)
  if (isRefusal(lease)) throw new Error(`refused: ${lease.refused}`)
  return lease
}

/** Puts the rows of `rows` in place of all there are, as a restore does. */
async function replaceRows({ access, stores }: Awaited<ReturnType<typeof openRoom>>, rows: typeof stores.keyRows) {
  await access.beginReplacement()
  const came = structuredClone([...rows.values()])
  stores.keyRows.clear()
  for (const stored of came) stores.keyRows.set(stored.key.id, stored)
  await access.endReplacement()
}

test('a request that runs across a restore counts against its key’s day and concurrency until it ends', async () => {
  let written = 0
  const room = await openRoom({ tokensSince: async () => written })
  const { access, stores } = room
  const { secret } = await access.keys.create(newKey({ tokensPerDay: 100, concurrency: 1 }))
  const key = keyOf(access, secret)
  const lease = admitted(access, key)
  expect(lease.reserve({ prompt: 10, answer: 30 })).toBeNull()
  written = 50
  await replaceRows(room, new Map(stores.keyRows))
  expect(access.allowanceOf(key)).toMatchObject({ tokensToday: 50, atTheSameTime: 0 })
  expect(verdict(access.admit(key))).toBe('too_many_at_once')
  lease.end(40)
  expect(access.allowanceOf(key)).toMatchObject({ tokensToday: 10, atTheSameTime: 1 })
  const next = admitted(access, key)
  // Nothing is set aside any more for the one that ended, so this one may run alone.
  expect(next.reserve({ prompt: 5, answer: 90 })).toBeNull()
})

test('a key’s use in the replaced file is not added to its use in the restored file', async () => {
  let written = 0
  const room = await openRoom({ tokensSince: async () => written })
  const { access, stores } = room
  const key = keyOf(access, (await access.keys.create(newKey({ tokensPerDay: 100 }))).secret)
  admitted(access, key).end(80)
  written = 30
  await replaceRows(room, new Map(stores.keyRows))
  expect(access.allowanceOf(key).tokensToday).toBe(70)
})

test('keys are those of the rows that came, and what runs with others than these is ended', async () => {
  const room = await openRoom()
  const { access, stores, revoked } = room
  const stays = await access.keys.create(newKey({ name: 'stays' }))
  const changes = await access.keys.create(newKey({ name: 'changes' }))
  const then = structuredClone(stores.keyRows)
  const goes = await access.keys.create(newKey({ name: 'goes' }))
  await access.keys.rotate(changes.id, 60_000)
  access.noteUse(stays.id, null, NOON + 5, false)
  revoked.length = 0
  await replaceRows(room, then)
  expect([stays, goes, changes].map(({ secret }) => verdict(access.identify(secret)))).toEqual([
    'ok',
    'key_unknown',
    'ok',
  ])
  expect(revoked).toEqual([{ keyId: changes.id }, { keyId: goes.id }])
})

test('while rows are being replaced nobody goes on, and what is noted goes into those that came', async () => {
  const room = await openRoom()
  const { access, stores } = room
  const { id, secret } = await access.keys.create(newKey())
  await access.origins.decide(SITE, 'allowed')
  const key = keyOf(access, secret)
  const lease = admitted(access, key)
  await access.beginReplacement()
  expect(verdict(access.reserveTokens(key, lease, null))).toBe('gateway_paused')
  access.noteUse(id, SITE, NOON + 9, false)
  expect(stores.keyRows.get(id)?.key.lastUsedAt).toBeNull()
  await access.endReplacement()
  expect(verdict(access.reserveTokens(key, lease, null))).toBe('ok')
  await access.flush()
  expect(stores.keyRows.get(id)?.key.lastUsedAt).toBe(NOON + 9)
  expect(stores.originRows.get(SITE)).toMatchObject({ requests: 1, lastSeenAt: NOON + 9 })
})

test('rows that cannot be read change nothing, and the next ones are taken', async () => {
  const room = await openRoom()
  const { access, stores, revoked } = room
  const { secret } = await access.keys.create(newKey())
  await access.beginReplacement()
  const { load } = stores.keys
  stores.keys.load = () => Promise.reject(new Error('not readable'))
  await expect(access.endReplacement()).rejects.toThrow('not readable')
  expect(verdict(access.identify(secret))).toBe('ok')
  stores.keys.load = load
  await access.endReplacement()
  expect(verdict(access.identify(secret))).toBe('ok')
  expect(revoked).toEqual([])
})
