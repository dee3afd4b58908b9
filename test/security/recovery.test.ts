import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { IssuedInvitation } from '#shared/people/invitation.ts'
import { OWNER_ID } from '#shared/people/person-id.ts'
import { PasswordHashes } from '../../src-main/people/credentials/password-hash.ts'
import { Authenticator } from '../support/authenticator.ts'
import {
  callerOf,
  joined,
  ORIGIN,
  openSignInSide,
  PASSWORD,
  type SignInTest,
  VISITOR,
} from '../support/sign-in-side.ts'

const DAY_MS = 86_400_000
const OTHER_PASSWORD = 'white coffee at dawn'

let side: SignInTest
let ada: string
beforeEach(async () => {
  side = await openSignInSide()
  ada = await joined(side, 'Ada', { tokensPerDay: 500 })
})
afterEach(() => side.stop())

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    ({ code }: { code: string }) => code,
  )
const ask = (id: string, by = OWNER_ID, days = 1) => side.invitations({ personId: by }).recover(id, { days })
/** An invitation for somebody who is here. */
async function letIn(id = ada, by = OWNER_ID, days = 1): Promise<IssuedInvitation> {
  const issued = await ask(id, by, days)
  if (issued === undefined) throw new Error('there is no such person')
  return issued
}
const recover = (code: string, password = OTHER_PASSWORD, address = VISITOR.address) =>
  side.signIn.join({ code, name: null, proof: { password } }, { ...VISITOR, address })
const enter = (password: string) => side.signIn.password({ name: 'Ada', password }, VISITOR)
const open = (personId: string) =>
  side.rooms.sessions.open({ personId, method: 'password', device: 'Phone', address: '192.168.1.30' })
const stateOf = (id: string) => side.rooms.invitations.list().find((invitation) => invitation.id === id)?.state
const people = () => side.rooms.people.list()

test('a person gets in again with another password, and keeps their id, role and limits', async () => {
  const before = side.rooms.people.find(ada)
  const { id, code, links } = await letIn()
  expect(links).toEqual([`${ORIGIN}/join#${code}`])
  expect(await side.signIn.look(code, VISITOR)).toMatchObject({ isHere: true, name: 'Ada', from: 'Owner' })
  expect(await recover(code)).toEqual({ personId: ada, method: 'password' })
  expect(side.rooms.people.find(ada)).toEqual(before)
  expect(people()).toHaveLength(2)
  expect(side.rooms.invitations.list()[0]).toMatchObject({ id, person: ada, state: 'used', usedBy: ada })
  expect(await enter(OTHER_PASSWORD)).toMatchObject({ personId: ada })
  expect(await refusal(enter(PASSWORD))).toBe('sign_in_failed')
  expect(await refusal(recover(code, 'a third of them here'))).toBe('invitation_invalid')
})

test('all sessions that they had end, also in the store, and those of others stay', async () => {
  const bob = await joined(side, 'Bob')
  for (const one of [ada, ada, bob]) await open(one)
  await recover((await letIn()).code)
  expect([side.rooms.sessions.list(ada, null).length, side.rooms.sessions.list(bob, null).length]).toEqual([0, 1])
  expect((await side.store.sessions.load()).map(({ person }) => person)).toEqual([bob])
})

test('a passkey is added, and the password and other passkeys stay', async () => {
  const phone = new Authenticator()
  const { code } = await letIn()
  const { flow, options } = await side.signIn.joinOptions({ code, name: null }, VISITOR)
  expect(options).toMatchObject({ user: { name: 'Ada', displayName: 'Ada' } })
  const proof = { flow, passkey: phone.create(options, ORIGIN), passkeyName: 'New phone' }
  expect(await side.signIn.join({ code, name: null, proof }, VISITOR)).toEqual({ personId: ada, method: 'passkey' })
  expect(side.rooms.credentials.of(ada).map(({ kind }) => kind)).toEqual(['password', 'passkey'])
  const begun = await side.signIn.passkeyOptions(VISITOR)
  const used = { flow: begun.flow, passkey: phone.get(begun.options, ORIGIN) }
  expect(await side.signIn.passkey(used, VISITOR)).toMatchObject({ personId: ada })
  await enter(PASSWORD)
})

test('somebody who was added without a way in gets one', async () => {
  const { id } = await side.rooms.people.create({ ...PLAIN, name: 'Tom' })
  expect(await recover((await letIn(id)).code)).toEqual({ personId: id, method: 'password' })
  expect(side.rooms.credentials.of(id)).toMatchObject([{ kind: 'password' }])
})
const PLAIN = {
  role: 'member',
  email: null,
  picture: null,
  models: null,
  origins: null,
  online: true,
  hours: null,
  requestsPerMinute: null,
  tokensPerDay: null,
  concurrency: null,
} as const

test('the owner lets in anybody but themselves, and an admin only members and guests', async () => {
  const made: Record<string, string> = {}
  const ids = { owner: OWNER_ID, admin: '', other: '', member: ada, guest: '' }
  for (const [name, role] of [
    ['admin', 'admin'],
    ['other', 'admin'],
    ['guest', 'guest'],
  ] as const) {
    ids[name] = await joined(side, name, { role })
  }
  for (const by of ['owner', 'admin'] as const) {
    for (const [name, id] of Object.entries(ids)) made[`${by} for ${name}`] = await refusal(ask(id, ids[by]))
  }
  expect(made).toEqual({
    'owner for owner': 'recovery_of_owner',
    'owner for admin': 'ok',
    'owner for other': 'ok',
    'owner for member': 'ok',
    'owner for guest': 'ok',
    'admin for owner': 'recovery_of_owner',
    'admin for admin': 'recovery_by_owner',
    'admin for other': 'recovery_by_owner',
    'admin for member': 'ok',
    'admin for guest': 'ok',
  })
  // Neither do those who are no operators, should they ever come this far.
  for (const by of [ids.member, ids.guest, 'person_nobody'])
    expect(await refusal(ask(ids.guest, by))).toBe('recovery_by_owner')
  expect(await ask('person_nobody')).toBeUndefined()
})

test.each(['paused', 'pending'] as const)('nothing is made for somebody who is %s', async (state) => {
  await side.rooms.people.change(ada, { state })
  expect(await refusal(ask(ada))).toBe('recovery_not_active')
})

test.each<[string, (admin: string) => Promise<unknown>]>([
  ['the person is paused', () => side.rooms.people.change(ada, { state: 'paused' })],
  ['the person waits to be let in', () => side.rooms.people.change(ada, { state: 'pending' })],
  ['the person is removed', () => side.rooms.people.remove(ada, async () => undefined)],
  ['the person has become an admin', () => side.rooms.people.change(ada, { role: 'admin' })],
  ['its maker is a member now', (admin) => side.rooms.people.change(admin, { role: 'member' })],
  ['its maker is paused', (admin) => side.rooms.people.change(admin, { state: 'paused' })],
  ['its maker is removed', (admin) => side.rooms.people.remove(admin, async () => undefined)],
])('an invitation of an admin does not work once %s, and says what every such invitation says', async (_, change) => {
  const admin = await joined(side, 'Boss', { role: 'admin' })
  const { id, code } = await letIn(ada, admin)
  const before = side.rooms.credentials.find('password', ada)
  await change(admin)
  const optionsFor = side.signIn.joinOptions({ code, name: null }, VISITOR)
  for (const work of [side.signIn.look(code, VISITOR), optionsFor, recover(code)]) {
    await expect(work).rejects.toMatchObject({
      code: 'invitation_invalid',
      message: 'This invitation does not work. Ask for a new one.',
    })
  }
  expect(['revoked', undefined]).toContain(stateOf(id))
  if (side.rooms.people.find(ada) !== undefined) expect(side.rooms.credentials.find('password', ada)).toEqual(before)
})

test('an invitation that the owner made works for somebody who has become an admin', async () => {
  const { code } = await letIn()
  await side.rooms.people.change(ada, { role: 'admin' })
  expect(await recover(code)).toMatchObject({ personId: ada })
})

test('it works for one day, or as many as were chosen', async () => {
  const short = await letIn()
  side.clock.now += DAY_MS
  expect(await refusal(side.signIn.look(short.code, VISITOR))).toBe('invitation_invalid')
  expect(stateOf(short.id)).toBe('expired')
  const long = await letIn(ada, OWNER_ID, 7)
  side.clock.now += 7 * DAY_MS - 1
  await side.signIn.look(long.code, VISITOR)
  side.clock.now += 1
  expect(await refusal(recover(long.code))).toBe('invitation_invalid')
})

test('a new one revokes the one before, also if both are asked for at once', async () => {
  const bob = await joined(side, 'Bob')
  const [first, other] = [await letIn(), await letIn(bob)]
  const made = await Promise.all([letIn(), letIn(), letIn()])
  expect(made.map(({ id }) => stateOf(id)).filter((state) => state === 'open')).toHaveLength(1)
  expect([stateOf(first.id), stateOf(other.id)]).toEqual(['revoked', 'open'])
  expect(await refusal(recover(first.code))).toBe('invitation_invalid')
})

test('of 100 who use one at once, one gets in, with the password that they chose', async () => {
  const { code } = await letIn()
  const words = Array.from({ length: 100 }, (_, at) => `${OTHER_PASSWORD} number ${at}`)
  const done = await Promise.allSettled(words.map((word, at) => recover(code, word, `10.0.${at}.1`)))
  const won = done.flatMap(({ status }, at) => (status === 'fulfilled' ? [words[at] ?? ''] : []))
  expect(won).toHaveLength(1)
  const codes = done.flatMap((one) => (one.status === 'rejected' ? [(one.reason as { code: string }).code] : []))
  expect(new Set(codes)).toEqual(new Set(['invitation_invalid']))
  expect(await side.store.credentials.load()).toHaveLength(1)
  expect(await enter(won[0] ?? '')).toMatchObject({ personId: ada })
})

test('one that is revoked while it is used lets in before, or not at all', async () => {
  const { id, code } = await letIn()
  const [recovering, revoked] = await Promise.allSettled([recover(code), side.rooms.invitations.revoke(id)])
  expect(revoked.status).toBe('fulfilled')
  const isIn = recovering.status === 'fulfilled'
  expect([stateOf(id), await refusal(enter(PASSWORD))]).toEqual(isIn ? ['used', 'sign_in_failed'] : ['revoked', 'ok'])
})

test('somebody who is paused while their password is hashed does not get in', async () => {
  const { code } = await letIn()
  const before = side.rooms.credentials.find('password', ada)
  const { create } = PasswordHashes.prototype
  side.hashes.create = async (password) => {
    const hash = await create.call(side.hashes, password)
    await side.rooms.people.change(ada, { state: 'paused' })
    return hash
  }
  expect(await refusal(recover(code))).toBe('invitation_invalid')
  expect(side.rooms.credentials.find('password', ada)).toEqual(before)
})

test('a recovery that could not be written changes nothing, and the invitation can be used again', async () => {
  const { code } = await letIn()
  await open(ada)
  const { recover: write } = side.store.joinings
  Object.assign(side.store.joinings, { recover: () => Promise.reject(new Error('disk full')) })
  expect(await refusal(recover(code))).toBe('store_failed')
  expect(side.rooms.sessions.list(ada, null)).toHaveLength(1)
  await enter(PASSWORD)
  Object.assign(side.store.joinings, { recover: write })
  await recover(code)
  await enter(OTHER_PASSWORD)
})

test('a restored backup opens none that was used or revoked since, nor one that a newer one replaced', async () => {
  const bob = await joined(side, 'Bob')
  const carla = await joined(side, 'Carla')
  const [used, revoked, replaced] = [await letIn(), await letIn(bob), await letIn(carla)]
  const { name } = await side.store.backups.create('asked')
  await recover(used.code)
  await side.rooms.invitations.revoke(revoked.id)
  await letIn(carla)
  await side.store.backups.restore(name)
  for (const { id, code } of [used, revoked, replaced]) {
    expect(await refusal(recover(code))).toBe('invitation_invalid')
    expect(stateOf(id)).toBe('revoked')
  }
  await recover((await letIn()).code)
})

test('weak passwords are refused as for joining, and the invitation stays open', async () => {
  const { id, code } = await letIn()
  for (const weak of ['password123', 'Ada Ada Ada']) expect(await refusal(recover(code, weak))).toBe('password_common')
  expect(stateOf(id)).toBe('open')
})

test('without passwords and passkeys none is made, and none works', async () => {
  const { id, code } = await letIn()
  side.settings.localSignIn = false
  expect(await refusal(recover(code))).toBe('local_sign_in_off')
  expect(await refusal(side.signIn.joinOptions({ code, name: null }, VISITOR))).toBe('local_sign_in_off')
  expect(await refusal(ask(ada))).toBe('recovery_needs_local')
  expect(stateOf(id)).toBe('open')
})

test('whoever tries codes is slowed down, and the code is in no file, no event and no list', async () => {
  const { code } = await letIn()
  const files = readdirSync(side.dataDir).map((name) => readFileSync(join(side.dataDir, name), 'latin1'))
  expect(files.join('')).not.toContain(code)
  expect(JSON.stringify([side.events, side.rooms.invitations.list()])).not.toContain(code)
  expect(code).toMatch(/^[a-z2-7]{32}$/)
  const tries = []
  for (let at = 0; at < 30; at++) tries.push(await refusal(recover(`${at}`)))
  expect(tries.filter((one) => one === 'sign_in_wait').length).toBeGreaterThan(15)
})

test('a passkey that was begun for one person or purpose never counts for another', async () => {
  const phone = new Authenticator()
  const bob = await joined(side, 'Bob')
  const [forAda, forBob, forNew] = [await letIn(), await letIn(bob), await side.invite()]
  const begin = async (code: string, name: string | null) => {
    const { flow, options } = await side.signIn.joinOptions({ code, name }, VISITOR)
    return { flow, passkey: phone.create(options, ORIGIN), passkeyName: '' }
  }
  const finish = (code: string, proof: Awaited<ReturnType<typeof begin>>, name: string | null) =>
    refusal(side.signIn.join({ code, name, proof }, VISITOR))
  // It would give somebody new the id of Ada.
  expect(await finish(forNew.code, await begin(forAda.code, null), 'Eve')).toBe('passkey_over')
  expect(await finish(forAda.code, await begin(forNew.code, 'Eve'), null)).toBe('passkey_over')
  expect(await finish(forAda.code, await begin(forBob.code, null), null)).toBe('passkey_over')
  const own = await side.me(callerOf(ada)).passkeyOptions()
  const made = { flow: own.flow, passkey: phone.create(own.options, ORIGIN), passkeyName: '' }
  expect(await finish(forAda.code, made, null)).toBe('passkey_over')
  expect([people().length, side.rooms.credentials.of(ada).length]).toEqual([3, 1])
})

test('an account of a provider makes nobody new with it, and is not linked', async () => {
  const { id, code } = await letIn()
  const account = { kind: 'oidc', subject: 'https://issuer.example ada', name: 'ada@example.org', data: '{}' } as const
  const newcomer = { name: 'Ada', email: null, role: null, account }
  expect(await refusal(side.newcomers.invited(code, newcomer, VISITOR))).toBe('recovery_is_local')
  expect([people().length, side.rooms.credentials.of(ada).length, stateOf(id)]).toEqual([2, 1, 'open'])
})

test('somebody new needs a name, and somebody who is here keeps theirs', async () => {
  const { code } = await side.invite()
  expect(await refusal(recover(code))).toBe('person_name_missing')
  expect(await refusal(side.signIn.joinOptions({ code, name: null }, VISITOR))).toBe('person_name_missing')
  const again = await letIn()
  await side.signIn.join({ code: again.code, name: 'Eve', proof: { password: OTHER_PASSWORD } }, VISITOR)
  expect(people().map(({ name }) => name)).toEqual(['Owner', 'Ada'])
})

test('the list names the person as they are called now, and nothing is left once they are removed', async () => {
  const { id } = await letIn()
  await side.rooms.people.change(ada, { name: 'Ada L.' })
  expect(side.rooms.invitations.list().find((one) => one.id === id)).toMatchObject({ name: 'Ada L.', person: ada })
  await side.rooms.people.remove(ada, async () => undefined)
  expect([side.rooms.invitations.list(), await side.store.invitations.load()]).toEqual([[], []])
})

test('the trail says from where they got in again', async () => {
  await recover((await letIn()).code)
  const [entry] = await side.store.audit.list(10, undefined)
  expect(entry).toMatchObject({ action: 'person.recover', subject: ada, person: ada, address: VISITOR.address })
})
