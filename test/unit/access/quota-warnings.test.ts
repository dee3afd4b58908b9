import { expect, test } from 'vitest'
import { isRefusal } from '#shared/gateway/decisions.ts'
import { newPersonSchema } from '#shared/people/person.ts'
import { keyOf, newKey, openRoom, type TestRoom } from './room.ts'

const DAY_MS = 86_400_000

async function openWith(tokensPerDay: number | null) {
  const room = await openRoom()
  const { id } = await room.people.create(newPersonSchema.parse({ name: 'Anna', tokensPerDay }))
  const secrets = await Promise.all(['One', 'Two'].map((name) => room.access.keys.create(newKey({ name, person: id }))))
  const [one = '', two = ''] = secrets.map(({ secret }) => secret)
  return { ...room, id, one, two }
}

function spend({ access }: Pick<TestRoom, 'access'>, secret: string, tokens: number): void {
  const lease = access.admit(keyOf(access, secret))
  if (isRefusal(lease)) throw new Error(lease.refused)
  lease.end(tokens)
}

test('a person is warned once a day when all their keys together have used 80 % of their tokens', async () => {
  const room = await openWith(100)
  const count = () => room.quotaWarnings.length
  spend(room, room.one, 40)
  spend(room, room.two, 39)
  expect(count()).toBe(0)
  spend(room, room.one, 1)
  expect(room.quotaWarnings.map(({ id, tokensPerDay }) => [id, tokensPerDay])).toEqual([[room.id, 100]])
  spend(room, room.two, 19)
  expect(count()).toBe(1)
  room.clock.now += DAY_MS
  spend(room, room.one, 79)
  expect(count()).toBe(1)
  spend(room, room.one, 1)
  expect(count()).toBe(2)
})

test('nobody is warned without a limit, nor because of answers without tokens', async () => {
  const room = await openWith(null)
  spend(room, room.one, 1_000_000)
  await room.people.change(room.id, { tokensPerDay: 1_100_000 })
  spend(room, room.one, 0)
  expect(room.quotaWarnings).toEqual([])
})

test('a limit that is lowered below what was used warns at the next use, and a raised one does not warn again', async () => {
  const room = await openWith(1000)
  spend(room, room.one, 90)
  await room.people.change(room.id, { tokensPerDay: 100 })
  spend(room, room.one, 1)
  expect(room.quotaWarnings).toHaveLength(1)
  await room.people.change(room.id, { tokensPerDay: 200 })
  spend(room, room.one, 100)
  expect(room.quotaWarnings).toHaveLength(1)
})

test('a restart does not repeat a warning of the same day', async () => {
  const before = await openWith(100)
  spend(before, before.one, 85)
  const after = await openRoom({
    stores: before.stores,
    clock: before.clock,
    tokensSince: async (keyId) => (keyId === keyOf(before.access, before.one).id ? 85 : 0),
  })
  spend(after, before.one, 5)
  expect(after.quotaWarnings).toEqual([])
  after.clock.now += DAY_MS
  spend(after, before.one, 95)
  expect(after.quotaWarnings).toHaveLength(1)
})
