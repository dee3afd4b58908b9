import { expect, test } from 'vitest'
import type { KeyPatch, NewKeyInput } from '#shared/keys/key.ts'
import { newPersonSchema } from '#shared/people/person.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { MemoryStores } from './memory-stores.ts'
import { ask, decide, NOON, newKey, openRoom, verdict } from './room.ts'

/** A gate for the store's writes. */
function hold(stores: MemoryStores): () => void {
  const { promise, resolve } = Promise.withResolvers<void>()
  stores.held = promise
  return () => {
    stores.held = undefined
    resolve()
  }
}

test('a key is not confirmed, and does not work, before it is written', async () => {
  const { access, stores } = await openRoom()
  const release = hold(stores)
  const creating = access.keys.create(newKey())
  expect(await access.keys.list()).toEqual([])
  release()
  expect(verdict(access.identify((await creating).secret))).toBe('ok')
})

test('on a full disk keys go on working, and making one fails with a sentence', async () => {
  const { access, stores } = await openRoom()
  const { secret, id } = await access.keys.create(newKey())
  stores.diskFull = true
  await expect(access.keys.create(newKey())).rejects.toThrow(PersonError)
  await expect(access.keys.update(id, { models: ['a'] })).rejects.toThrow('nothing was changed')
  await expect(access.keys.rotate(id, 0)).rejects.toThrow(PersonError)
  expect(await access.keys.list()).toHaveLength(1)
  expect(decide(access, secret, ask('POST', '/api/chat'), 'b')).toBe('ok')
})

test('the store’s own sentence is passed on', async () => {
  const stores = new MemoryStores()
  const full = new PersonError('store_full', 'The disk is full.')
  const { access } = await openRoom({ keys: { ...stores.keys, insert: () => Promise.reject(full) } })
  await expect(access.keys.create(newKey())).rejects.toBe(full)
})

test('switching off refuses at once and is confirmed when written', async () => {
  const { access, stores, revoked } = await openRoom()
  const { secret, id } = await access.keys.create(newKey())
  const release = hold(stores)
  const disabling = access.keys.update(id, { enabled: false })
  expect(verdict(access.identify(secret))).toBe('key_disabled')
  expect(revoked).toEqual([{ keyId: id }])
  expect(stores.keyRows.get(id)?.key.enabled).toBe(true)
  release()
  expect(await disabling).toMatchObject({ enabled: false })
  expect(stores.keyRows.get(id)?.key.enabled).toBe(false)
})

test.each(['disabled', 'deleted'] as const)(
  'a key that could not be stored as %s stays refused, and says so',
  async (how) => {
    const { access, stores } = await openRoom()
    const { secret, id } = await access.keys.create(newKey())
    stores.diskFull = true
    const stopping = how === 'disabled' ? access.keys.update(id, { enabled: false }) : access.keys.delete(id)
    await expect(stopping).rejects.toThrow('refused until a restart')
    expect(verdict(access.identify(secret))).toMatch(/^key_(disabled|unknown)$/)
    expect(await access.keys.list()).toMatchObject([{ id, enabled: false }])
    stores.diskFull = false
    await (how === 'disabled' ? access.keys.update(id, { enabled: true }) : access.keys.restore(id))
    expect(verdict(access.identify(secret))).toBe('ok')
  },
)

test('a change under way does not bring back a key that was switched off meanwhile', async () => {
  const { access, stores } = await openRoom()
  const { secret, id } = await access.keys.create(newKey())
  const release = hold(stores)
  const changes = [
    access.keys.update(id, { name: 'renamed' }),
    access.keys.update(id, { enabled: true }),
    access.keys.update(id, { enabled: false }),
  ]
  stores.held = undefined
  release()
  await Promise.all(changes)
  expect(verdict(access.identify(secret))).toBe('key_disabled')
  expect(stores.keyRows.get(id)?.key).toMatchObject({ name: 'renamed', enabled: false })
})

test('changes at the same time do not lose one another', async () => {
  const { people, access, stores } = await openRoom()
  const ada = await people.create(newPersonSchema.parse({ name: 'Ada' }))
  const { id } = await access.keys.create(newKey())
  await Promise.all([
    access.keys.update(id, { name: 'one' }),
    access.keys.update(id, { models: ['llama3'] }),
    access.keys.rotate(id, 1000),
    access.keys.update(id, { person: ada.id }),
  ])
  const row = stores.keyRows.get(id)
  expect(row?.key).toMatchObject({ name: 'one', models: ['llama3'], person: ada.id })
  expect(row?.secrets).toHaveLength(2)
  expect(await access.keys.list()).toEqual([row?.key])
})

test('fields that a patch leaves undefined are unchanged', async () => {
  const { people, access } = await openRoom()
  const { id: person } = await people.create(newPersonSchema.parse({ name: 'Ada' }))
  const { id } = await access.keys.create(newKey({ person, models: ['a'] }))
  expect(await access.keys.update(id, { name: 'new', person: undefined, models: null })).toMatchObject({
    name: 'new',
    person,
    models: null,
  })
})

test.each<[what: string, before: Partial<NewKeyInput>, patch: KeyPatch]>([
  ['scopes', { scopes: ['chat'] }, { scopes: ['models'] }],
  ['endpoints', {}, { endpoints: ['/api/chat'] }],
  ['models', { models: ['a', 'b'] }, { models: ['a'] }],
  ['origins', {}, { origins: ['https://a.example'] }],
  ['the URL', { allowInUrl: true }, { allowInUrl: false }],
  ['time', {}, { expiresAt: NOON - 1 }],
])('a key made narrower in %s ends its streams', async (_, before, patch) => {
  const { access, revoked } = await openRoom()
  const { id } = await access.keys.create(newKey(before))
  await access.keys.update(id, patch)
  expect(revoked).toEqual([{ keyId: id }])
})

test('a key made wider, renamed or limited otherwise ends no stream', async () => {
  const { access, revoked } = await openRoom()
  const { id } = await access.keys.create(newKey({ scopes: ['chat'], models: ['a'], endpoints: ['/api/chat'] }))
  await access.keys.update(id, { scopes: ['all'], models: ['a', 'b'], endpoints: null, name: 'wider' })
  await access.keys.update(id, { requestsPerMinute: 1, tokensPerDay: 1, concurrency: 1, expiresAt: NOON + 1 })
  expect(revoked).toEqual([])
})

test('a key’s origins are stored in canonical form, and an invalid origin is refused with a sentence', async () => {
  const { access } = await openRoom()
  const key = await access.keys.create(newKey({ origins: ['HTTPS://Example.ORG/', 'https://example.org'] }))
  expect(key.origins).toEqual(['https://example.org'])
  await expect(access.keys.update(key.id, { origins: ['example.org'] })).rejects.toThrow('is not a site')
  await expect(access.keys.create(newKey({ origins: [key.secret] }))).rejects.not.toThrow(key.secret)
  await expect(access.keys.create(newKey({ endpoints: ['/api/ch*'] }))).rejects.toThrow('wrong place')
})

test('a listener that fails keeps no key from being switched off', async () => {
  const { access, revoked, warnings } = await openRoom()
  const { secret, id } = await access.keys.create(newKey())
  const later: unknown[] = []
  const leave = access.onRevoked(() => {
    throw new Error('broken')
  })
  access.onRevoked((revocation) => later.push(revocation))
  await access.keys.update(id, { enabled: false })
  expect(verdict(access.identify(secret))).toBe('key_disabled')
  expect([revoked, later, warnings.length]).toEqual([[{ keyId: id }], [{ keyId: id }], 1])
  leave()
  await access.keys.delete(id)
  expect(warnings).toHaveLength(1)
})
