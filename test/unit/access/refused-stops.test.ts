import { expect, test } from 'vitest'
import { newPersonSchema } from '#shared/people/person.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { MemoryStores } from './memory-stores.ts'
import { newKey, openRoom, type TestRoom, verdict } from './room.ts'

// A stop takes effect before it is written. A shared database can say that it certainly changed nothing, or that nobody knows.

const SITE = 'https://one.example'
const away = new PersonError('database_away', 'The database is away.')
const unsure = new PersonError('database_unsure', 'The database was lost.')
const NO_ROWS = {
  keys: { put: [], removed: [] },
  origins: { put: [], removed: [] },
  seen: [],
  used: { keys: [], sessions: [] },
}
const elsewhere = new PersonError('changed_elsewhere', 'Somebody was faster.')

async function openWithKey() {
  const room = await openRoom()
  const { id: person } = await room.people.create(newPersonSchema.parse({ name: 'Anna' }))
  const key = await room.access.keys.create(newKey({ person }))
  await room.access.origins.decide(SITE, 'allowed')
  const state = () => (room.access.isBlocked(SITE) ? 'origin_blocked' : verdict(room.access.identify(key.secret)))
  return { ...room, key, person, state }
}

type Opened = Awaited<ReturnType<typeof openWithKey>>

const STOPS: readonly (readonly [name: string, stop: (opened: Opened) => Promise<unknown>])[] = [
  ['the key is disabled', ({ access, key }) => access.keys.update(key.id, { enabled: false })],
  ['the key is deleted', ({ access, key }) => access.keys.delete(key.id)],
  ['the person is paused', ({ people, person }) => people.change(person, { state: 'paused' })],
  ['the person is removed', ({ people, person }) => people.remove(person, async () => {})],
  ['the site is blocked', ({ access }) => access.origins.decide(SITE, 'blocked')],
]

/** Reads all rows, as when the gateway has lost its database and found it again. */
function readAnew({ people, access, stores }: Pick<TestRoom, 'people' | 'access' | 'stores'>): void {
  people.follow({ put: [...stores.personRows.values()], removed: [] })
  const keys = { put: [...stores.keyRows.values()], removed: [] }
  const origins = { put: [...stores.originRows.values()], removed: [] }
  access.follow({ keys, origins, seen: [], used: { keys: [], sessions: [] } })
}

test.each(STOPS)('if a database that is away refuses that %s, nothing stays stopped', async (_, stop) => {
  for (const failure of [away, elsewhere]) {
    const opened = await openWithKey()
    opened.stores.failure = failure
    const stopping = stop(opened)
    expect(opened.state()).not.toBe('ok')
    await expect(stopping).rejects.toBe(failure)
    expect(opened.state()).toBe('ok')
  }
})

test.each(STOPS)(
  'if nobody knows whether it was written that %s, it is stopped until the row is read',
  async (_, stop) => {
    const opened = await openWithKey()
    opened.stores.failure = unsure
    await expect(stop(opened)).rejects.toBe(unsure)
    expect(opened.state()).not.toBe('ok')
    readAnew(opened)
    expect(opened.state()).toBe('ok')
  },
)

test('a row that is read while a stop is being written does not take it back', async () => {
  const opened = await openWithKey()
  const { promise, resolve } = Promise.withResolvers<void>()
  opened.stores.held = promise
  const stopping = opened.access.keys.update(opened.key.id, { enabled: false })
  readAnew(opened)
  expect(opened.state()).toBe('key_disabled')
  resolve()
  await stopping
  expect(opened.state()).toBe('key_disabled')
})

test('a block that was written stays when a second one is refused', async () => {
  const stores = new MemoryStores()
  const answers = [() => Promise.resolve(), () => Promise.reject(away)]
  const { access } = await openRoom({ origins: { ...stores.origins, put: async () => answers.shift()?.() } })
  const [first, second] = [access.origins.decide(SITE, 'blocked'), access.origins.decide(SITE, 'blocked')]
  await first
  await expect(second).rejects.toBe(away)
  expect(access.isBlocked(SITE)).toBe(true)
})

test('a site that was not known is not known after its block was refused', async () => {
  const { access, stores } = await openWithKey()
  stores.failure = away
  await expect(access.origins.decide('https://two.example', 'blocked')).rejects.toBe(away)
  expect((await access.origins.list()).map(({ origin }) => origin)).toEqual([SITE])
})

test.each<[string, (opened: Opened) => Promise<unknown>]>([
  ['disabled', ({ access, key }) => access.keys.update(key.id, { enabled: false })],
  ['deleted', ({ access, key }) => access.keys.delete(key.id)],
])('a key that was deleted while it should be %s is open when somebody restores it', async (_, stop) => {
  const opened = await openWithKey()
  const { promise, resolve } = Promise.withResolvers<void>()
  opened.stores.held = promise
  const renaming = opened.access.keys.update(opened.key.id, { name: 'New' })
  const stopping = stop(opened)
  const row = opened.stores.keyRows.get(opened.key.id)
  if (row === undefined) throw new Error('the key is stored')
  // Another gateway deletes it before any of this is written, and restores it later.
  opened.access.follow({ ...NO_ROWS, keys: { put: [{ ...row, deletedAt: 1 }], removed: [] } })
  opened.stores.failure = elsewhere
  resolve()
  expect(await Promise.all([renaming, stopping])).toEqual([undefined, undefined])
  opened.access.follow({ ...NO_ROWS, keys: { put: [row], removed: [] } })
  expect(opened.state()).toBe('ok')
})
