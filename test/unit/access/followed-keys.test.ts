import { expect, test } from 'vitest'
import type { StoredKey } from '#shared/keys/stored.ts'
import type { AccessRoom } from '../../../src-main/access/access-room.ts'
import type { MemoryStores } from './memory-stores.ts'
import { newKey, openRoom } from './room.ts'

// Two gateways with the same rows: what one changes, the other follows.

const SITE = 'https://one.example'

async function openTwo() {
  const one = await openRoom()
  const key = await one.access.keys.create(newKey())
  const other = await openRoom({ stores: one.stores })
  const follow = () => other.access.follow(rowsOf(one.stores))
  return { one: one.access, other: other.access, revoked: other.revoked, id: key.id, follow }
}

function rowsOf(stores: MemoryStores): Parameters<AccessRoom['follow']>[0] {
  const keys: StoredKey[] = [...stores.keyRows.values()]
  const rows = { keys: { put: keys, removed: [] }, origins: { put: [...stores.originRows.values()], removed: [] } }
  return { ...rows, seen: [], used: { keys: [], sessions: [] } }
}

test.each<[string, (access: AccessRoom, id: string) => Promise<unknown>]>([
  ['disabled', (access, id) => access.keys.update(id, { enabled: false })],
  ['deleted', (access, id) => access.keys.delete(id)],
  ['given a new secret', (access, id) => access.keys.rotate(id, 0)],
  ['kept from its models', (access, id) => access.keys.update(id, { models: ['other'] })],
])('the streams of a key end at a gateway when another one has it %s', async (_, change) => {
  const { one, revoked, id, follow } = await openTwo()
  await change(one, id)
  follow()
  expect(revoked).toEqual([{ keyId: id }])
})

test.each<[string, (access: AccessRoom, id: string) => Promise<unknown>]>([
  ['renamed', (access, id) => access.keys.update(id, { name: 'New' })],
  ['given a new secret with grace', (access, id) => access.keys.rotate(id, 60_000)],
])('the streams of a key go on at a gateway when another one has it %s', async (_, change) => {
  const { one, revoked, id, follow } = await openTwo()
  await change(one, id)
  follow()
  follow()
  expect(revoked).toEqual([])
})

test('the streams of a site end at a gateway when another one has blocked it', async () => {
  const { one, revoked, follow } = await openTwo()
  await one.origins.decide(SITE, 'blocked')
  follow()
  follow()
  expect(revoked).toEqual([{ origin: SITE }])
})
