import { afterEach, expect, test } from 'vitest'
import type { Settings } from '../../src-shared/settings/settings.ts'
import { openSignInSide, PASSWORD, type SignInTest, VISITOR } from '../support/sign-in-side.ts'

let side: SignInTest
afterEach(() => side.stop())

const open = async (registration: Settings['registration'], changes: Partial<Settings> = {}) => {
  side = await openSignInSide({ registration, ...changes })
}
const ask = (address: string, name = 'Ada') =>
  side.signIn.join({ code: null, name, proof: { password: PASSWORD } }, { ...VISITOR, address })
const NEAR = '192.168.1.20'
const FAR = '203.0.113.9'

test('by default nobody joins without an invitation', async () => {
  await open('invite')
  await expect(ask(NEAR)).rejects.toMatchObject({ code: 'registration_closed' })
  await expect(side.signIn.joinOptions({ code: null, name: 'Ada' }, VISITOR)).rejects.toMatchObject({
    code: 'registration_closed',
  })
  expect(side.rooms.people.list()).toHaveLength(1)
})

test('with approval, an operator lets the person in who asked', async () => {
  await open('approval')
  expect(await ask(FAR)).toBe('waiting')
  const [, ada] = side.rooms.people.list()
  expect(ada).toMatchObject({ state: 'pending', role: 'member' })
  expect(side.events).toContainEqual({ type: 'join-question', person: ada })
  const signIn = () => side.signIn.password({ name: 'Ada', password: PASSWORD }, VISITOR)
  await expect(signIn()).rejects.toMatchObject({ code: 'sign_in_pending' })
  await side.rooms.people.change(ada?.id ?? '', { state: 'active' })
  expect(await signIn()).toEqual({ personId: ada?.id, method: 'password' })
})

test('with approval, an invitation lets its person in at once', async () => {
  await open('approval')
  const { code } = await side.invite()
  expect(await side.signIn.join({ code, name: 'Ada', proof: { password: PASSWORD } }, VISITOR)).toMatchObject({
    method: 'password',
  })
})

test('a wrong invitation is not taken for a request without one', async () => {
  for (const registration of ['approval', 'open'] as const) {
    await open(registration)
    const join = side.signIn.join({ code: 'a'.repeat(32), name: 'Ada', proof: { password: PASSWORD } }, VISITOR)
    await expect(join).rejects.toMatchObject({ code: 'invitation_invalid' })
    expect(side.rooms.people.list()).toHaveLength(1)
    if (registration === 'approval') await side.stop()
  }
})

test('twenty wait at most, also if they ask at once', async () => {
  await open('approval')
  const asked = Array.from({ length: 40 }, (_, at) => ask(`10.0.${at}.1`, `Person ${at}`))
  const done = await Promise.allSettled(asked)
  expect(side.rooms.people.list().filter(({ state }) => state === 'pending').length).toBeLessThanOrEqual(20)
  expect(done.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(10)
})

test('one address that asks again and again has to wait', async () => {
  await open('approval')
  const codes = []
  for (let at = 0; at < 8; at++) codes.push(await ask(NEAR, `Person ${at}`).catch(({ code }: { code: string }) => code))
  expect(codes).toEqual(['waiting', 'waiting', 'waiting', 'waiting', ...Array(4).fill('sign_in_wait')])
})

test.each([NEAR, '10.1.2.3', '::ffff:192.168.1.4', 'fe80::1%eth0', 'fd00::5', '127.0.0.1'])(
  'open: %s joins at once, with limits',
  async (address) => {
    await open('open')
    expect(await ask(address)).toMatchObject({ method: 'password' })
    expect(side.rooms.people.list()[1]).toMatchObject({
      state: 'active',
      role: 'member',
      online: false,
      requestsPerMinute: 30,
      tokensPerDay: 100_000,
      concurrency: 2,
    })
  },
)

test.each([
  FAR,
  '172.32.0.1',
  '192.169.0.1',
  '100.64.0.1',
  '2001:db8::1',
  '::ffff:8.8.8.8',
  '',
  'localhost',
  'unknown',
])('open: %s is not in this network and needs an invitation', async (address) => {
  await open('open')
  await expect(ask(address)).rejects.toMatchObject({ code: 'join_from_elsewhere' })
  const { code } = await side.invite()
  await side.signIn.join({ code, name: 'Ada', proof: { password: PASSWORD } }, { ...VISITOR, address })
  expect(side.rooms.people.list()[1]).toMatchObject({ tokensPerDay: null })
})

test('without passwords and passkeys nobody joins with one', async () => {
  await open('open', { localSignIn: false })
  await expect(ask(NEAR)).rejects.toMatchObject({ code: 'local_sign_in_off' })
})
