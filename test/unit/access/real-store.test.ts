import { afterEach, expect, test } from 'vitest'
import { openWhole, type WholeStore } from '../../support/summed-store.ts'
import { createTempDir } from '../../support/temp-dir.ts'
import { ask, decide, NOON, newKey, openRoom, verdict } from './room.ts'

const SITE = 'https://chat.example'
const ends: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function freshDir(): Promise<string> {
  const dir = await createTempDir()
  ends.push(() => dir.remove())
  return dir.path
}

async function open(dataDir: string) {
  const store: WholeStore = await openWhole({ dataDir, now: () => NOON, log: { warn: () => {}, error: () => {} } })
  const room = await openRoom({
    keys: store.keys,
    origins: store.origins,
    arrivals: store.arrivals,
    tokensSince: (keyId, since) => store.usage.tokensSince(keyId, since, since + 100),
  })
  return { ...room, store }
}

test('keys, decisions and counts are there after everything was closed and opened again', async () => {
  const dataDir = await freshDir()
  const before = await open(dataDir)
  const kept = await before.access.keys.create(newKey({ models: ['llama3'], origins: [SITE], tokensPerDay: 5 }))
  const gone = await before.access.keys.create(newKey({ name: 'gone' }))
  const rotated = await before.access.keys.rotate(kept.id, 1000)
  await before.access.keys.delete(gone.id)
  expect(decide(before.access, kept.secret, ask('POST', '/api/chat', SITE))).toBe('ok')
  await before.access.origins.decide('https://blocked.example', 'blocked')
  before.access.noteUse(kept.id, SITE, NOON + 1, false)
  const shown = [await before.access.keys.list(), await before.access.origins.list()]
  await before.access.close()
  await before.store.close()

  const after = await open(dataDir)
  ends.push(() => after.store.close())
  expect([await after.access.keys.list(), (await after.access.origins.list()).toReversed()]).toEqual(shown)
  expect(verdict(after.access.identify(kept.secret))).toBe('ok')
  expect(verdict(after.access.identify(rotated?.secret ?? ''))).toBe('ok')
  expect(verdict(after.access.identify(gone.secret))).toBe('key_unknown')
  expect(after.access.isBlocked('https://blocked.example')).toBe(true)
  await after.access.keys.restore(gone.id)
  expect(verdict(after.access.identify(gone.secret))).toBe('ok')
})

test('a switched-off key is in the file when that is confirmed, without closing anything', async () => {
  const dataDir = await freshDir()
  const running = await open(dataDir)
  ends.push(() => running.store.close())
  const { secret, id } = await running.access.keys.create(newKey())
  await running.access.keys.update(id, { enabled: false })
  const other = await open(dataDir)
  ends.push(() => other.store.close())
  expect(verdict(other.access.identify(secret))).toBe('key_disabled')
})

test('a pending question is there after a restart, also for an origin that a key had let in before', async () => {
  const dataDir = await freshDir()
  const before = await open(dataDir)
  const { secret } = await before.access.keys.create(newKey())
  decide(before.access, secret, ask('POST', '/api/chat', SITE))
  await before.access.flush()
  before.settings.unknownOrigins = 'ask'
  decide(before.access, secret, ask('POST', '/api/chat', SITE))
  await before.access.close()
  await before.store.close()
  const after = await open(dataDir)
  ends.push(() => after.store.close())
  expect(after.access.pendingCount()).toBe(1)
})
