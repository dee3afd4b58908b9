import { expect, test } from 'vitest'
import { PersonError } from '#shared/text/person-error.ts'
import { MemoryStores } from './memory-stores.ts'
import { ask, decide, NOON, newKey, openRoom } from './room.ts'

const SITE = 'https://chat.example'
const OTHER = 'https://other.example'
const PAGE_ASSIST = 'chrome-extension://jfgfiigpkhlkbnfnbobbkinehhfdhndo'

async function openWithKey(stores?: MemoryStores) {
  const room = await openRoom(stores === undefined ? {} : { stores })
  const { secret } = await room.access.keys.create(newKey())
  const chatFrom = (origin: string | null) => decide(room.access, secret, ask('POST', '/api/chat', origin))
  return { ...room, secret, chatFrom }
}

test('with the policy “key” a valid key is enough, and the origin is remembered', async () => {
  const { access, chatFrom, changes, stores } = await openWithKey()
  expect(chatFrom(PAGE_ASSIST)).toBe('ok')
  expect(await access.origins.list()).toEqual([
    {
      origin: PAGE_ASSIST,
      status: 'allowed',
      decidedBy: 'key',
      label: 'Page Assist',
      firstSeenAt: NOON,
      lastSeenAt: NOON,
      requests: 0,
      refused: 0,
    },
  ])
  expect(changes.origins).toBe(1)
  expect(chatFrom(PAGE_ASSIST)).toBe('ok')
  expect(changes.origins).toBe(1)
  await access.flush()
  expect(stores.originRows.get(PAGE_ASSIST)).toMatchObject({ status: 'allowed', label: null })
})

test('an origin whose request is refused by its key is not remembered', async () => {
  const { access, secret } = await openWithKey()
  expect(decide(access, secret, ask('POST', '/api/pull', SITE))).toBe('scope_missing')
  expect(await access.origins.list()).toEqual([])
})

test('with the policy “ask” the person is asked once, and a yes opens', async () => {
  const { access, chatFrom, settings, questions } = await openWithKey()
  settings.unknownOrigins = 'ask'
  expect([chatFrom(SITE), chatFrom(SITE), chatFrom(null)]).toEqual(['origin_not_approved', 'origin_not_approved', 'ok'])
  expect(questions).toMatchObject([{ origin: SITE, status: 'pending', decidedBy: null }])
  expect(access.pendingCount()).toBe(1)
  expect(await access.origins.decide(SITE, 'allowed')).toMatchObject({ status: 'allowed', decidedBy: 'person' })
  expect(chatFrom(SITE)).toBe('ok')
  expect(access.pendingCount()).toBe(0)
  expect(questions).toHaveLength(1)
})

test('a pending question outlives a restart and is not asked again, until the origin is forgotten', async () => {
  const stores = new MemoryStores()
  const before = await openWithKey(stores)
  before.settings.unknownOrigins = 'ask'
  before.chatFrom(SITE)
  await before.access.close()
  const after = await openWithKey(stores)
  after.settings.unknownOrigins = 'ask'
  expect(after.access.pendingCount()).toBe(1)
  after.chatFrom(SITE)
  expect(after.questions).toEqual([])
  expect(await after.access.origins.forget(SITE)).toBe(true)
  expect(stores.originRows.size).toBe(0)
  expect(after.access.pendingCount()).toBe(0)
  after.chatFrom(SITE)
  expect(after.questions).toHaveLength(1)
})

test('under “ask” what only a key had let in is asked about, and what a person let in is not', async () => {
  const { access, chatFrom, settings, questions, stores } = await openWithKey()
  chatFrom(SITE)
  await access.origins.decide(OTHER, 'allowed')
  await access.flush()
  settings.unknownOrigins = 'ask'
  expect([chatFrom(SITE), chatFrom(OTHER)]).toEqual(['origin_not_approved', 'ok'])
  expect(questions.map(({ origin }) => origin)).toEqual([SITE])
  await access.flush()
  expect(stores.originRows.get(SITE)).toMatchObject({ status: 'pending', decidedBy: null })
  settings.unknownOrigins = 'key'
  expect(chatFrom(SITE)).toBe('ok')
})

test('under “block” only what a person let in comes in, and the preflight of a stranger still passes', async () => {
  const { access, chatFrom, settings, questions } = await openWithKey()
  await access.origins.decide(OTHER, 'allowed')
  settings.unknownOrigins = 'block'
  expect([chatFrom(SITE), chatFrom(OTHER), chatFrom(null)]).toEqual(['origin_blocked', 'ok', 'ok'])
  expect(access.isBlocked(SITE)).toBe(false)
  expect(questions).toEqual([])
  expect(await access.origins.list()).toMatchObject([
    { origin: OTHER },
    { origin: SITE, status: 'blocked', decidedBy: null },
  ])
})

test('a blocked origin is refused at once, in every policy and before it is written', async () => {
  const { access, chatFrom, settings, stores, revoked } = await openWithKey()
  chatFrom(SITE)
  const { promise, resolve } = Promise.withResolvers<void>()
  stores.held = promise
  const deciding = access.origins.decide('HTTPS://CHAT.example/', 'blocked')
  expect(access.isBlocked(SITE)).toBe(true)
  expect(revoked).toEqual([{ origin: SITE }])
  resolve()
  expect(await deciding).toMatchObject({ origin: SITE, status: 'blocked', decidedBy: 'person', firstSeenAt: NOON })
  for (const policy of ['key', 'ask', 'block'] as const) {
    settings.unknownOrigins = policy
    expect(chatFrom(SITE)).toBe('origin_blocked')
  }
  expect(stores.originRows.get(SITE)?.status).toBe('blocked')
})

test('a block that cannot be stored applies and reports that; an approval that cannot be stored does not apply', async () => {
  const { access, stores, chatFrom } = await openWithKey()
  stores.diskFull = true
  await expect(access.origins.decide(SITE, 'blocked')).rejects.toThrow('blocked until a restart')
  expect(chatFrom(SITE)).toBe('origin_blocked')
  await expect(access.origins.decide(SITE, 'allowed')).rejects.toThrow(PersonError)
  expect(chatFrom(SITE)).toBe('origin_blocked')
  await expect(access.origins.forget(SITE)).rejects.toThrow(PersonError)
  expect(access.isBlocked(SITE)).toBe(true)
  stores.diskFull = false
  await access.origins.decide(SITE, 'allowed')
  expect(chatFrom(SITE)).toBe('ok')
})

test('the later of a simultaneous approval and block wins', async () => {
  const { access, stores } = await openWithKey()
  await Promise.all([access.origins.decide(SITE, 'allowed'), access.origins.decide(SITE, 'blocked')])
  expect(access.isBlocked(SITE)).toBe(true)
  await Promise.all([access.origins.forget(SITE), access.origins.decide(SITE, 'blocked')])
  expect(access.isBlocked(SITE)).toBe(true)
  expect(stores.originRows.get(SITE)?.status).toBe('blocked')
  await Promise.all([access.origins.decide(SITE, 'blocked'), access.origins.decide(SITE, 'allowed')])
  expect(access.isBlocked(SITE)).toBe(false)
  expect(stores.originRows.get(SITE)?.status).toBe('allowed')
})

test('a person’s label wins over a well-known name, and taking it away brings the name back', async () => {
  const { access } = await openWithKey()
  await access.origins.decide(PAGE_ASSIST, 'allowed')
  expect(await access.origins.label(PAGE_ASSIST, ' My chat ')).toMatchObject({ label: 'My chat', status: 'allowed' })
  expect(access.labelOf('origin', PAGE_ASSIST)).toBe('My chat')
  expect(await access.origins.label(PAGE_ASSIST, null)).toMatchObject({ label: 'Page Assist' })
  expect(await access.origins.label(SITE, 'x')).toBeUndefined()
  expect(await access.origins.forget(SITE)).toBe(false)
  await expect(access.origins.decide('example.org/path', 'allowed')).rejects.toThrow('looks like')
})

test('labels are the names of keys, also deleted ones, and of sites', async () => {
  const { access } = await openWithKey()
  const { id } = await access.keys.create(newKey({ name: 'Home' }))
  await access.keys.delete(id)
  expect(access.labelOf('key', id)).toBe('Home')
  expect(access.labelOf('key', 'key_gone')).toBe('key_gone')
  expect(access.labelOf('origin', SITE)).toBe(SITE)
  expect(access.labelOf('model', 'llama3')).toBe('llama3')
})

const DAY_MS = 86_400_000

test('a program that invents origins fills neither the memory nor the person’s day', async () => {
  const { access, chatFrom, settings, questions, clock } = await openWithKey()
  for (let index = 0; index < 10_100; index++) expect(chatFrom(`https://s${index}.example`)).toBe('ok')
  expect(await access.origins.list()).toHaveLength(100)
  settings.unknownOrigins = 'ask'
  for (let index = 0; index < 200; index++) expect(chatFrom(`https://s${index}.example`)).toBe('origin_not_approved')
  expect(questions).toHaveLength(20)
  for (let day = 0; day < 3; day++) {
    clock.now += DAY_MS
    for (let index = 0; index < 200; index++) chatFrom(`https://${day}-${index}.example`)
  }
  expect(questions).toHaveLength(50)
  expect(access.pendingCount()).toBe(50)
  await access.origins.decide('https://known.example', 'allowed')
  expect(chatFrom('https://known.example')).toBe('ok')
})

test('all keys together are remembered with 10,000 sites that nobody has decided about', async () => {
  const { access, stores } = await openWithKey()
  for (let key = 0; key < 101; key++) {
    const { secret } = await access.keys.create(newKey())
    for (let index = 0; index < 100; index++) {
      decide(access, secret, ask('POST', '/api/chat', `https://${key}-${index}.example`))
    }
  }
  expect(await access.origins.list()).toHaveLength(10_000)
  await access.flush()
  expect(await stores.origins.load()).toHaveLength(10_000)
})

test('a key that invents origins takes nothing from another key', async () => {
  const { access, chatFrom, settings, questions } = await openWithKey()
  settings.unknownOrigins = 'ask'
  for (let index = 0; index < 200; index++) chatFrom(`https://s${index}.example`)
  const { secret } = await access.keys.create(newKey())
  expect(decide(access, secret, ask('POST', '/api/chat', SITE))).toBe('origin_not_approved')
  expect(questions.at(-1)?.origin).toBe(SITE)
})
