import { expect, test } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { MemoryStores } from './memory-stores.ts'
import { NOON, newKey, openRoom, verdict } from './room.ts'

const HOUR_MS = 3_600_000

test('rotating with a grace lets both secrets work until it ends, and ends no stream', async () => {
  const { access, clock, revoked } = await openRoom()
  const old = await access.keys.create(newKey())
  const fresh = (await access.keys.rotate(old.id, HOUR_MS)) as IssuedKey
  expect(fresh).toMatchObject({ id: old.id, graceUntil: NOON + HOUR_MS, prefix: fresh.secret.slice(0, 12) })
  expect(access.identify(fresh.secret)).toMatchObject({ id: old.id })
  clock.now = NOON + HOUR_MS - 1
  expect(access.identify(old.secret)).toMatchObject({ id: old.id })
  clock.now = NOON + HOUR_MS
  expect(verdict(access.identify(old.secret))).toBe('key_unknown')
  expect(verdict(access.identify(fresh.secret))).toBe('ok')
  expect((await access.keys.list())[0]?.graceUntil).toBeNull()
  expect(revoked).toEqual([])
})

test('rotating without grace ends the old secret and its streams at once', async () => {
  const { access, revoked } = await openRoom()
  const old = await access.keys.create(newKey())
  const fresh = (await access.keys.rotate(old.id, 0)) as IssuedKey
  expect(verdict(access.identify(old.secret))).toBe('key_unknown')
  expect(verdict(access.identify(fresh.secret))).toBe('ok')
  expect(fresh.graceUntil).toBeNull()
  expect(revoked).toEqual([{ keyId: old.id }])
})

test('a further rotation never gives an old secret more time, and one without grace ends them all', async () => {
  const { access, clock } = await openRoom()
  const first = await access.keys.create(newKey())
  const second = (await access.keys.rotate(first.id, HOUR_MS)) as IssuedKey
  await access.keys.rotate(first.id, 24 * HOUR_MS)
  clock.now = NOON + HOUR_MS
  expect(verdict(access.identify(first.secret))).toBe('key_unknown')
  expect(verdict(access.identify(second.secret))).toBe('ok')
  await access.keys.rotate(first.id, 0)
  expect(verdict(access.identify(second.secret))).toBe('key_unknown')
})

test('a grace survives a restart', async () => {
  const stores = new MemoryStores()
  const before = await openRoom({ stores })
  const old = await before.access.keys.create(newKey())
  await before.access.keys.rotate(old.id, HOUR_MS)
  const after = await openRoom({ stores, at: NOON + 1 })
  expect(after.access.identify(old.secret)).toMatchObject({ id: old.id, graceUntil: NOON + HOUR_MS })
})
