import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { formatSecret } from '#shared/keys/secret.ts'
import type { ConsolePorts } from '../../../src-main/console-api/ports.ts'
import type { Access } from '../../../src-main/gateway/ports.ts'
import { MemoryStores } from './memory-stores.ts'
import { NOON, newKey, openRoom, verdict } from './room.ts'

const DAY_MS = 86_400_000

test('the room is what the gateway and the console ask for', async () => {
  const { access } = await openRoom()
  const gateway: Access = access
  const console: Pick<ConsolePorts, 'keys' | 'origins'> = access
  expect(gateway).toBe(console)
})

test('a new key opens the door with the secret that was shown once', async () => {
  const { access, stores } = await openRoom()
  const { secret, ...shown } = await access.keys.create(newKey({ name: '  Page Assist  ' }))
  expect(access.identify(secret)).toEqual(shown)
  expect(shown).toMatchObject({ name: 'Page Assist', enabled: true, createdAt: NOON, prefix: secret.slice(0, 12) })
  expect(shown.id).toMatch(/^key_[a-z2-7]{12}$/)
  expect(JSON.stringify([...stores.keyRows.values(), await access.keys.list()])).not.toContain(secret.slice(13))
})

test('a key works after a restart', async () => {
  const stores = new MemoryStores()
  const before = await openRoom({ stores })
  const { secret, id } = await before.access.keys.create(newKey())
  await before.access.close()
  const after = await openRoom({ stores })
  expect(after.access.identify(secret)).toMatchObject({ id })
})

test('two keys may have the same name', async () => {
  const { access } = await openRoom()
  const [one, two] = [await access.keys.create(newKey()), await access.keys.create(newKey())]
  expect(one.id).not.toBe(two.id)
  expect(access.keyCount()).toBe(2)
})

test('each reason why a secret opens nothing has its own code', async () => {
  const { access, clock } = await openRoom()
  const { secret, id } = await access.keys.create(newKey({ expiresAt: NOON + DAY_MS }))
  expect(verdict(access.identify(`${secret.slice(0, -1)}!`))).toBe('key_malformed')
  expect(verdict(access.identify(secret.toUpperCase()))).toBe('key_malformed')
  expect(verdict(access.identify(''))).toBe('key_malformed')
  expect(verdict(access.identify(formatSecret(randomBytes(20))))).toBe('key_unknown')
  await access.keys.update(id, { enabled: false })
  expect(verdict(access.identify(secret))).toBe('key_disabled')
  await access.keys.update(id, { enabled: true })
  expect(verdict(access.identify(secret))).toBe('ok')
  clock.now = NOON + DAY_MS - 1
  expect(verdict(access.identify(secret))).toBe('ok')
  clock.now = NOON + DAY_MS
  expect(verdict(access.identify(secret))).toBe('key_expired')
  await access.keys.delete(id)
  expect(verdict(access.identify(secret))).toBe('key_unknown')
})

test('ten thousand wrong secrets make not one call to the store', async () => {
  const { access, stores } = await openRoom()
  const { secret } = await access.keys.create(newKey())
  stores.calls.length = 0
  for (let round = 0; round < 10_000; round++) {
    const wrong = formatSecret(randomBytes(20))
    expect(verdict(access.identify(wrong))).toBe('key_unknown')
    access.waitAfterGuess({ address: '127.0.0.1', origin: 'https://evil.example', userAgent: 'curl/8' }, wrong)
    access.noteUse(null, 'https://evil.example', NOON, true)
  }
  await access.flush()
  expect(stores.calls).toEqual([])
  expect(verdict(access.identify(secret))).toBe('ok')
})

test('a deleted key comes back with its secret, limits and id', async () => {
  const { access } = await openRoom()
  const { secret, id } = await access.keys.create(newKey({ requestsPerMinute: 7 }))
  await access.keys.delete(id)
  expect(await access.keys.list()).toEqual([])
  expect(access.keyCount()).toBe(0)
  expect(await access.keys.update(id, { name: 'other' })).toBeUndefined()
  expect(await access.keys.rotate(id, 0)).toBeUndefined()
  expect(await access.keys.delete(id)).toBeUndefined()
  expect(await access.keys.restore(id)).toMatchObject({ id, requestsPerMinute: 7 })
  expect(access.identify(secret)).toMatchObject({ id, requestsPerMinute: 7 })
})

test('an id that no key has is undefined everywhere', async () => {
  const { access } = await openRoom()
  expect(await access.keys.update('key_none', { name: 'x' })).toBeUndefined()
  expect(await access.keys.delete('key_none')).toBeUndefined()
  expect(await access.keys.restore('key_none')).toBeUndefined()
  expect(await access.keys.rotate('key_none', 0)).toBeUndefined()
})
