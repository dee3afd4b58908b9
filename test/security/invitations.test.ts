import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { joined, ORIGIN, openSignInSide, PASSWORD, type SignInTest, VISITOR } from '../support/sign-in-side.ts'

const DAY_MS = 86_400_000
let side: SignInTest
beforeEach(async () => {
  side = await openSignInSide()
})
afterEach(() => side.stop())

const joinWith = (code: string | null, name = 'Ada', address = VISITOR.address) =>
  side.signIn.join({ code, name, proof: { password: PASSWORD } }, { ...VISITOR, address })
const stateOf = (id: string) => side.rooms.invitations.list().find((invitation) => invitation.id === id)?.state
const names = () => side.rooms.people.list().map(({ name }) => name)

test('an invitation gives its role and limits, once, and its maker sees who used it', async () => {
  const { id, code, links } = await side.invite({ role: 'member', name: 'Ada', models: ['llama3'], tokensPerDay: 500 })
  expect(links).toEqual([`${ORIGIN}/join#${code}`])
  expect(await side.signIn.look(code, VISITOR)).toMatchObject({ role: 'member', name: 'Ada', from: 'Owner' })
  const proven = await joinWith(code, 'Ada Lovelace')
  const [, ada] = side.rooms.people.list()
  expect(proven).toEqual({ personId: ada?.id, method: 'password' })
  expect(ada).toMatchObject({ name: 'Ada Lovelace', role: 'member', state: 'active', models: ['llama3'] })
  expect(ada).toMatchObject({ tokensPerDay: 500, requestsPerMinute: null })
  expect(side.rooms.invitations.list()[0]).toMatchObject({ id, state: 'used', usedBy: ada?.id, usedAt: side.clock.now })
  expect(side.rooms.access.keysOf(ada?.id ?? '')).toEqual([])
  await expect(joinWith(code, 'Eve')).rejects.toMatchObject({ code: 'invitation_invalid' })
})

test('of 100 who use one invitation at once, one joins', async () => {
  const { code } = await side.invite()
  const joins = Array.from({ length: 100 }, (_, at) => joinWith(code, `Person ${at}`, `10.0.${at}.1`))
  const done = await Promise.allSettled(joins)
  expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const codes = done.flatMap((one) => (one.status === 'rejected' ? [(one.reason as { code: string }).code] : []))
  expect(new Set(codes)).toEqual(new Set(['invitation_invalid']))
  expect(side.rooms.people.list()).toHaveLength(2)
  expect(await side.store.persons.load()).toHaveLength(2)
  expect(await side.store.credentials.load()).toHaveLength(1)
})

test('used, expired, revoked and unknown invitations say the same to a stranger, and what they are to their maker', async () => {
  const used = await side.invite()
  await joinWith(used.code)
  const expired = await side.invite({ days: 1 })
  side.clock.now += DAY_MS
  const revoked = await side.invite()
  await side.rooms.invitations.revoke(revoked.id)
  const refusals = []
  for (const code of [used.code, expired.code, revoked.code, 'a'.repeat(32), '', '../../etc', '💥']) {
    for (const ask of [side.signIn.look(code, VISITOR), joinWith(code), optionsFor(code)]) {
      refusals.push(await ask.catch((error: Error & { code: string }) => `${error.code} ${error.message}`))
    }
    side.clock.now += DAY_MS / 24
  }
  expect(new Set(refusals)).toEqual(new Set(['invitation_invalid This invitation does not work. Ask for a new one.']))
  expect([used.id, expired.id, revoked.id].map(stateOf)).toEqual(['used', 'expired', 'revoked'])
  expect(names()).toEqual(['Owner', 'Ada'])
})
const optionsFor = (code: string) => side.signIn.joinOptions({ code, name: 'Ada' }, VISITOR)

test('an invitation works until the moment at which it ends', async () => {
  const { code } = await side.invite({ days: 7 })
  side.clock.now += 7 * DAY_MS - 1
  await side.signIn.look(code, VISITOR)
  side.clock.now += 1
  await expect(side.signIn.look(code, VISITOR)).rejects.toMatchObject({ code: 'invitation_invalid' })
})

test('whoever tries codes is slowed down', async () => {
  const tries = []
  for (let at = 0; at < 30; at++) tries.push(await side.signIn.look(`${at}`, VISITOR).catch((error: Error) => error))
  expect(tries.filter((error) => (error as { code?: string }).code === 'sign_in_wait').length).toBeGreaterThan(15)
  const { code } = await side.invite()
  expect(await side.signIn.look(code, { ...VISITOR, address: '192.168.1.21' })).toMatchObject({ from: 'Owner' })
})

test('a code that was typed or pasted with spaces, hyphens and capitals works', async () => {
  const { code } = await side.invite()
  const typed = (code.toUpperCase().match(/.{4}/g) ?? []).join(' - ')
  expect(await side.signIn.look(` ${typed}\n`, VISITOR)).toMatchObject({ from: 'Owner' })
})

test('the code is in no file, no event and no list', async () => {
  const { code } = await side.invite()
  const files = readdirSync(side.dataDir).map((name) => readFileSync(join(side.dataDir, name), 'latin1'))
  expect(files.join('')).not.toContain(code)
  expect(JSON.stringify([side.events, side.rooms.invitations.list()])).not.toContain(code)
  expect(code).toMatch(/^[a-z2-7]{32}$/)
})

test('an invitation that is revoked while somebody joins lets them in before, or not at all', async () => {
  const { id, code } = await side.invite()
  const [joining, revoked] = await Promise.allSettled([joinWith(code), side.rooms.invitations.revoke(id)])
  expect(revoked.status).toBe('fulfilled')
  expect([joining.status, stateOf(id), names().length]).toEqual(
    joining.status === 'fulfilled' ? ['fulfilled', 'used', 2] : ['rejected', 'revoked', 1],
  )
})

test('a joining that could not be written leaves nothing, and the invitation can be used again', async () => {
  const { code } = await side.invite({ role: 'guest' })
  const { insert } = side.store.joinings
  Object.assign(side.store.joinings, { insert: () => Promise.reject(new Error('disk full')) })
  await expect(joinWith(code)).rejects.toMatchObject({ code: 'store_failed' })
  expect([names(), await side.rooms.access.keys.list(), side.rooms.credentials.of('')]).toEqual([['Owner'], [], []])
  Object.assign(side.store.joinings, { insert })
  await joinWith(code)
  expect(names()).toEqual(['Owner', 'Ada'])
})

test('a guest gets one key by the preset, whose secret nobody knows until it is rotated', async () => {
  const guest = await joined(side, 'Grace', { role: 'guest', preset: 'chat', online: false })
  const [key, ...others] = await side.rooms.access.keys.list()
  expect(key).toMatchObject({ person: guest, scopes: ['chat'], enabled: true, name: 'Grace' })
  expect(others).toEqual([])
  const issued = await side.rooms.access.keys.rotate(key?.id ?? '', 0)
  expect(side.rooms.access.identify(issued?.secret ?? '')).toMatchObject({ id: key?.id })
})

test('an invitation of somebody who may not invite any more lets nobody in', async () => {
  const admin = await joined(side, 'Ada', { role: 'admin' })
  const made = await side.invitations({ personId: admin }).create({ ...NEW, role: 'admin' })
  await side.rooms.people.change(admin, { state: 'paused' })
  await expect(joinWith(made.code, 'Eve')).rejects.toMatchObject({ code: 'invitation_invalid' })
  expect(stateOf(made.id)).toBe('revoked')
  await side.rooms.people.change(admin, { state: 'active', role: 'member' })
  await expect(joinWith(made.code, 'Eve')).rejects.toMatchObject({ code: 'invitation_invalid' })
  await side.rooms.people.remove(admin, async () => undefined)
  await expect(joinWith(made.code, 'Eve')).rejects.toMatchObject({ code: 'invitation_invalid' })
  expect(names()).toEqual(['Owner'])
})
const NEW = {
  role: 'member',
  name: null,
  preset: 'models',
  models: null,
  origins: null,
  online: true,
  hours: null,
  requestsPerMinute: null,
  tokensPerDay: null,
  concurrency: null,
  days: 7,
} as const

test('a restored backup opens no invitation that was used or revoked since', async () => {
  const [used, revoked, open] = [await side.invite(), await side.invite(), await side.invite()]
  const { name } = await side.store.backups.create('asked')
  await joinWith(used.code)
  await side.rooms.invitations.revoke(revoked.id)
  await side.store.backups.restore(name)
  expect(names()).toEqual(['Owner'])
  for (const { code } of [used, revoked]) {
    await expect(joinWith(code)).rejects.toMatchObject({ code: 'invitation_invalid' })
  }
  await joinWith(open.code)
  expect(names()).toEqual(['Owner', 'Ada'])
})

test('names with invisible characters are refused, and a name that is taken gets a number', async () => {
  const { code } = await side.invite()
  await expect(joinWith(code, 'Ad\u202ea')).rejects.toMatchObject({ code: 'text_unseen' })
  await joinWith(code, 'OWNER')
  expect(names()).toEqual(['Owner', 'OWNER (2)'])
})

test('two hundred open invitations are the most', async () => {
  const { id } = await side.invite()
  for (let at = 1; at < 200; at++) await side.invite()
  await expect(side.invite()).rejects.toMatchObject({ code: 'invitations_full' })
  await side.rooms.invitations.revoke(id)
  await side.invite()
})

test('events tell of each change, and nothing of the person is left after they are removed', async () => {
  const { code } = await side.invite({ name: 'Ada' })
  await joinWith(code)
  const [, ada] = side.rooms.people.list()
  expect(side.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['invitations', 'people']))
  await side.rooms.people.remove(ada?.id ?? '', async () => undefined)
  expect([side.rooms.invitations.list(), side.rooms.credentials.of(ada?.id ?? '')]).toEqual([[], []])
  expect([await side.store.invitations.load(), await side.store.credentials.load()]).toEqual([[], []])
})
