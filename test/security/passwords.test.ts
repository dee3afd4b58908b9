import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { OWNER_AT_WINDOW, OWNER_BY_LINK } from '../../src-main/console-api/caller.ts'
import { OWNER_ID } from '../../src-shared/people/person-id.ts'
import { callerOf, joined, openSignInSide, PASSWORD, type SignInTest, VISITOR } from '../support/sign-in-side.ts'

let side: SignInTest
beforeEach(async () => {
  side = await openSignInSide()
})
afterEach(() => side.stop())

const signIn = (name: string, password = PASSWORD, address = VISITOR.address) =>
  side.signIn.password({ name, password }, { ...VISITOR, address })
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    ({ code }: { code: string }) => code,
  )

test('people sign in with their name or their address, however it is written', async () => {
  const ada = await joined(side, 'Ada Løvelace')
  await side.rooms.people.change(ada, { email: 'Ada@example.org' })
  for (const name of ['Ada Løvelace', ' ada  LØVELACE ', 'ada@EXAMPLE.org', 'Ａda Løvelace']) {
    expect(await signIn(name)).toEqual({ personId: ada, method: 'password' })
  }
  expect(await side.me(callerOf(ada)).read()).toMatchObject({ credentials: [{ kind: 'password', name: null }] })
})

test('before there is anybody else, nobody can sign in', async () => {
  await side.me(OWNER_AT_WINDOW).setPassword(PASSWORD, null)
  expect(side.signIn.options()).toMatchObject({ isOn: false, local: true, registration: 'invite' })
  expect(await refusal(signIn('Owner'))).toBe('sign_in_off')
  await side.invite()
  expect(side.signIn.options().isOn).toBe(true)
  expect(await signIn('Owner')).toEqual({ personId: OWNER_ID, method: 'password' })
})

test('with local sign-in switched off, the right password is refused', async () => {
  const ada = await joined(side, 'Ada')
  side.settings.localSignIn = false
  expect(await refusal(signIn('Ada'))).toBe('local_sign_in_off')
  expect(await refusal(side.me(callerOf(ada)).setPassword('another long one', PASSWORD))).toBe('local_sign_in_off')
})

test('a password that is replaced while a sign-in checks it opens nothing', async () => {
  const ada = await joined(side, 'Ada')
  const replacement = await side.hashes.create('seven loud rivers bend')
  const matches = side.hashes.matches.bind(side.hashes)
  vi.spyOn(side.hashes, 'matches').mockImplementationOnce(async (...checked) => {
    const isRight = await matches(...checked)
    await side.rooms.credentials.setPassword(ada, replacement)
    return isRight
  })
  expect(await refusal(signIn('Ada'))).toBe('sign_in_failed')
  expect(await signIn('Ada', 'seven loud rivers bend')).toEqual({ personId: ada, method: 'password' })
})

test('a wrong password, an unknown name and a person without a password are refused alike, as late', async () => {
  await joined(side, 'Ada')
  await side.rooms.people.create({ ...NEW_PERSON, name: 'Grace' })
  const answers = []
  for (const name of ['Ada', 'Nobody', 'Grace', 'Owner', '', '__proto__', 'x'.repeat(254)]) {
    answers.push(await signIn(name, 'wrong password').catch((error: Error) => error.message))
  }
  expect(new Set(answers).size).toBe(1)
  // What was left of the time in which three passwords can be hashed.
  expect(side.waits).toHaveLength(7)
})
const NEW_PERSON = {
  email: null,
  picture: null,
  role: 'member',
  models: null,
  origins: null,
  online: true,
  hours: null,
  requestsPerMinute: null,
  tokensPerDay: null,
  concurrency: null,
} as const

test('an unknown name costs one hash, as a known one', async () => {
  await joined(side, 'Ada')
  const matches = vi.spyOn(side.hashes, 'matches')
  for (const name of ['Ada', 'Nobody', 'Owner', '']) {
    await refusal(signIn(name, 'wrong password'))
    expect(matches).toHaveBeenCalledTimes(1)
    matches.mockClear()
  }
})

test('guesses at one person are slowed down from wherever they come, and unknown names likewise', async () => {
  await joined(side, 'Ada')
  for (const name of ['Ada', 'Nobody']) {
    const codes = []
    for (let at = 0; at < 8; at++) codes.push(await refusal(signIn(name, 'wrong password', `10.${at}.0.1`)))
    expect(codes).toEqual([...Array(6).fill('sign_in_failed'), 'sign_in_wait', 'sign_in_wait'])
  }
  side.clock.now += 1000
  expect(await refusal(signIn('Ada', 'wrong password', '10.9.0.1'))).toBe('sign_in_failed')
  side.clock.now += 1000
  expect(await refusal(signIn('Ada', 'wrong password', '10.9.0.2'))).toBe('sign_in_wait')
})

test('many guesses at once do not pass the limit', async () => {
  await joined(side, 'Ada')
  const guesses = Array.from({ length: 30 }, (_, at) => refusal(signIn('Ada', `wrong password ${at}`, `10.${at}.0.1`)))
  const codes = await Promise.all(guesses)
  expect(codes.filter((code) => code === 'sign_in_failed').length).toBeLessThanOrEqual(6)
  expect(codes.filter((code) => code === 'sign_in_wait').length).toBeGreaterThanOrEqual(24)
})

test('whoever guesses from elsewhere cannot lock a person out where they signed in before', async () => {
  const ada = await joined(side, 'Ada')
  await signIn('Ada')
  for (let at = 0; at < 10; at++) await refusal(signIn('Ada', 'wrong password', `10.${at}.0.1`))
  expect(await refusal(signIn('Ada', PASSWORD, '10.99.0.1'))).toBe('sign_in_wait')
  expect(await signIn('Ada')).toEqual({ personId: ada, method: 'password' })
})

test('one address that guesses at many names is slowed down, also in its other IPv6 addresses', async () => {
  const codes = []
  await joined(side, 'Ada')
  for (let at = 0; at < 13; at++) {
    codes.push(await refusal(signIn(`Name ${at}`, 'wrong password', `2001:db8:1:2::${at.toString(16)}`)))
  }
  expect(codes).toEqual([...Array(11).fill('sign_in_failed'), 'sign_in_wait', 'sign_in_wait'])
  expect(await refusal(signIn('Name 99', 'wrong password', '2001:db8:1:3::1'))).toBe('sign_in_failed')
})

test('success with one account brings no free guesses at others', async () => {
  await joined(side, 'Eve')
  const codes = []
  for (let at = 0; at < 13; at++) {
    if (at % 4 === 3) await refusal(signIn('Eve'))
    codes.push(await refusal(signIn(`Name ${at}`, 'wrong password')))
  }
  expect(codes.filter((code) => code === 'sign_in_wait').length).toBeGreaterThan(0)
})

test('of two people with one name each comes in with their own password', async () => {
  const first = await joined(side, 'Ada')
  side.clock.now += 1
  const { code } = await side.invite()
  const proof = { password: 'quite another phrase' }
  const second = await side.signIn.join({ code, name: 'Ada', proof }, VISITOR)
  expect(side.rooms.people.list().map(({ name }) => name)).toEqual(['Owner', 'Ada', 'Ada (2)'])
  expect(await signIn('Ada')).toMatchObject({ personId: first })
  expect(await signIn('Ada', proof.password)).toEqual(second)
})

test('a paused person is told so only with the right password', async () => {
  const ada = await joined(side, 'Ada')
  await side.rooms.people.change(ada, { state: 'paused' })
  expect(await refusal(signIn('Ada', 'wrong password'))).toBe('sign_in_failed')
  expect(await refusal(signIn('Ada'))).toBe('person_paused')
  await side.rooms.people.remove(ada, async () => undefined)
  await side.invite()
  expect(await refusal(signIn('Ada'))).toBe('sign_in_failed')
})

test.each([
  ['password123', 'Ada'],
  ['PASSWORD123', 'Ada'],
  ['qwertyuiop', 'Ada'],
  ['!!basketball2026!!', 'Ada'],
  ['aaaaaaaaaaaa', 'Ada'],
  ['abcabcabcabca', 'Ada'],
  ['dragondragon', 'Ada'],
  ['Latchkey2026', 'Ada'],
  ['ada.lovelace.1815', 'Ada Lovelace'],
  ['AdaLovelace1815', 'Ada Lovelace'],
  ['Lovelace!!!!', 'Ada Lovelace'],
])('%s is no password for %s', async (password, name) => {
  const { code } = await side.invite()
  expect(await refusal(side.signIn.join({ code, name, proof: { password } }, VISITOR))).toBe('password_common')
})

test.each(['green tea at noon', 'Zz8!kf02-xQ', 'пароль не простой', '🐢🐇🐢🐢🐇🐇🐢🐇🐇🐇', 'a'.repeat(9) + 'bcdefgh'])(
  '%s is one',
  async (password) => {
    const { code } = await side.invite()
    await side.signIn.join({ code, name: 'Ada', proof: { password } }, VISITOR)
    expect(await refusal(signIn('Ada', password))).toBe('ok')
    expect(await refusal(signIn('Ada', password.normalize('NFD')))).toBe('ok')
    expect(await refusal(signIn('Ada', `${password} `))).toBe('sign_in_failed')
  },
)

test('another password needs the one until now, except for the owner at their own computer', async () => {
  const ada = side.me(callerOf(await joined(side, 'Ada')))
  expect(await refusal(ada.setPassword('another long one', null))).toBe('password_wrong')
  expect(await refusal(ada.setPassword('another long one', 'wrong password'))).toBe('password_wrong')
  await ada.setPassword('another long one', PASSWORD)
  expect(await refusal(signIn('Ada'))).toBe('sign_in_failed')
  expect(await refusal(signIn('Ada', 'another long one'))).toBe('ok')
  for (const caller of [OWNER_AT_WINDOW, OWNER_BY_LINK]) {
    await side.me(caller).setPassword('my own long one', null)
    await side.me(caller).setPassword('my newer long one', null)
  }
  const owner = side.me(callerOf(OWNER_ID, { role: 'owner' }))
  expect(await refusal(owner.setPassword('my own long one', null))).toBe('password_wrong')
})

test('guesses at the password until now are slowed down', async () => {
  const ada = side.me(callerOf(await joined(side, 'Ada')))
  const codes = []
  for (let at = 0; at < 8; at++) codes.push(await refusal(ada.setPassword('another long one', `wrong ${at}`)))
  expect(codes).toEqual([...Array(6).fill('password_wrong'), 'sign_in_wait', 'sign_in_wait'])
})

test('the last way in stays, except for the owner', async () => {
  const person = await joined(side, 'Ada')
  const ada = side.me(callerOf(person))
  const { credentials } = await ada.read()
  expect(await refusal(ada.removeCredential(credentials[0]?.id ?? ''))).toBe('last_way_in')
  await side.me(OWNER_AT_WINDOW).setPassword(PASSWORD, null)
  const [own] = side.rooms.credentials.of(OWNER_ID)
  expect(await ada.removeCredential(own?.id ?? '')).toBeUndefined()
  expect(await side.me(OWNER_AT_WINDOW).removeCredential(own?.id ?? '')).toMatchObject({ credentials: [] })
})

test('no file, event or list has a password, and each hash has its own salt', async () => {
  await joined(side, 'Ada')
  await joined(side, 'Grace')
  const files = readdirSync(side.dataDir).map((name) => readFileSync(join(side.dataDir, name), 'latin1'))
  expect(files.join('')).not.toContain(PASSWORD)
  expect(JSON.stringify(side.events)).not.toMatch(/scrypt|green tea/)
  const hashes = (await side.store.credentials.load()).map(({ data }) => data)
  expect(new Set(hashes).size).toBe(2)
  for (const hash of hashes) expect(hash).toMatch(/^\$scrypt\$ln=11,r=8,p=1\$/)
})

test.each(['', 'x', '$scrypt$ln=31,r=8,p=3$', '$scrypt$ln=25,r=99,p=99$AAAAAAAAAAAAAAAAAAAAAA$', '{}'])(
  'a damaged hash (%s) lets nobody in, and takes no more memory',
  async (start) => {
    const ada = await joined(side, 'Ada')
    const credential = side.rooms.credentials.find('password', ada)
    if (credential === undefined) throw new Error('no password')
    side.rooms.credentials.takeIn({ ...credential, data: `${start}${'A'.repeat(43)}` })
    const before = process.memoryUsage().rss
    expect(await refusal(signIn('Ada'))).toBe('sign_in_failed')
    expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000)
  },
)

test('passwords are there after a restart and follow a restored backup', async () => {
  const ada = await joined(side, 'Ada')
  const { name } = await side.store.backups.create('asked')
  await side.me(callerOf(ada)).setPassword('another long one', PASSWORD)
  await side.store.backups.restore(name)
  expect(await refusal(signIn('Ada'))).toBe('ok')
})
