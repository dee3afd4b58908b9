import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { OWNER_AT_WINDOW, OWNER_BY_LINK } from '../../src-main/console-api/caller.ts'
import { OWNER_ID } from '../../src-shared/people/person-id.ts'
import { Authenticator, type Deviation } from '../support/authenticator.ts'
import { callerOf, joined, ORIGIN, openSignInSide, type SignInTest, VISITOR } from '../support/sign-in-side.ts'

let side: SignInTest
let phone: Authenticator
beforeEach(async () => {
  side = await openSignInSide()
  phone = new Authenticator()
})
afterEach(() => side.stop())

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    ({ code }: { code: string }) => code,
  )

/** Joins with a passkey, as the page does. */
async function joinWithPasskey(name: string, wrong: Deviation = {}) {
  const { code } = await side.invite()
  const { flow, options } = await side.signIn.joinOptions({ code, name }, VISITOR)
  const passkey = phone.create(options, ORIGIN, wrong)
  return await side.signIn.join({ code, name, proof: { flow, passkey, passkeyName: 'Phone' } }, VISITOR)
}

async function signIn(wrong: Deviation = {}, at: { begun?: string; finished?: string; page?: string } = {}) {
  const { begun = ORIGIN, finished = begun, page = ORIGIN } = at
  const { flow, options } = await side.signIn.passkeyOptions({ ...VISITOR, origin: begun })
  return await side.signIn.passkey({ flow, passkey: phone.get(options, page, wrong) }, { ...VISITOR, origin: finished })
}

test('somebody joins with a passkey and signs in with it, without a name', async () => {
  const proven = await joinWithPasskey('Ada')
  const [, ada] = side.rooms.people.list()
  expect(proven).toEqual({ personId: ada?.id, method: 'passkey' })
  side.clock.now += 1000
  expect(await signIn()).toEqual(proven)
  const [credential] = side.rooms.credentials.of(ada?.id ?? '')
  expect(credential).toMatchObject({ kind: 'passkey', name: 'Phone', lastUsedAt: side.clock.now })
  expect(JSON.parse(credential?.data ?? '')).toMatchObject({ counter: 1, transports: ['internal'] })
  expect((await side.store.credentials.load())[0]).toEqual(credential)
})

test('options ask for a passkey of its own name and verification, and name nobody', async () => {
  await joinWithPasskey('Ada')
  const { options } = await side.signIn.passkeyOptions(VISITOR)
  expect(options).toMatchObject({ rpId: 'box.local', userVerification: 'required' })
  expect(options['allowCredentials'] ?? []).toEqual([])
  const { code } = await side.invite()
  const making = await side.signIn.joinOptions({ code, name: 'Grace' }, VISITOR)
  expect(making.options).toMatchObject({
    rp: { id: 'box.local', name: 'Latchkey' },
    attestation: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
})

const OTHER = 'https://evil.example'
const WRONG: Record<string, Deviation> = {
  'for another page': { origin: OTHER },
  'for another host name': { rpId: 'evil.example' },
  'for the part after the first dot': { rpId: 'local' },
  'with another challenge': { challenge: Buffer.alloc(32).toString('base64url') },
  'without the person': { flags: 0x40 },
  'without verification': { flags: 0x41 },
}

test.each(Object.entries(WRONG))('a sign-in %s is refused', async (_, wrong) => {
  await joinWithPasskey('Ada')
  const flags = wrong.flags === undefined ? {} : { flags: wrong.flags & ~0x40 }
  expect(await refusal(signIn({ ...wrong, ...flags }))).toBe('sign_in_failed')
})

test.each(Object.entries(WRONG))('a new passkey %s is refused, and the invitation can be used', async (_, wrong) => {
  expect(await refusal(joinWithPasskey('Ada', wrong))).toBe('passkey_refused')
  expect(side.rooms.invitations.list()[0]).toMatchObject({ state: 'open' })
  expect(side.rooms.people.list()).toHaveLength(1)
})

test.each<[string, Deviation]>([
  [
    'with a changed signature',
    { signature: (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.of((bytes.at(-1) ?? 0) ^ 1)]) },
  ],
  ['without a signature', { signature: () => Buffer.alloc(0) }],
  ['of the other ceremony', { type: 'webauthn.create' }],
  ['for another person', { userHandle: Buffer.from(OWNER_ID).toString('base64url') }],
  ['for no person', { userHandle: null }],
])('a sign-in %s is refused', async (_, wrong) => {
  await joinWithPasskey('Ada')
  expect(await refusal(signIn(wrong))).toBe('sign_in_failed')
})

test('an answer works once, for five minutes, at the page where it began', async () => {
  await joinWithPasskey('Ada')
  const { flow, options } = await side.signIn.passkeyOptions(VISITOR)
  const passkey = phone.get(options, ORIGIN)
  await side.signIn.passkey({ flow, passkey }, VISITOR)
  expect(await refusal(side.signIn.passkey({ flow, passkey }, VISITOR))).toBe('passkey_over')
  expect(await refusal(signIn({}, { finished: 'https://other.local:11501' }))).toBe('passkey_over')
  const late = await side.signIn.passkeyOptions(VISITOR)
  side.clock.now += 300_000
  expect(
    await refusal(side.signIn.passkey({ flow: late.flow, passkey: phone.get(late.options, ORIGIN) }, VISITOR)),
  ).toBe('passkey_over')
  expect(await refusal(side.signIn.passkey({ flow: 'none', passkey }, VISITOR))).toBe('passkey_over')
})

test('of one answer sent 20 times at once, one is accepted', async () => {
  await joinWithPasskey('Ada')
  const { flow, options } = await side.signIn.passkeyOptions(VISITOR)
  const passkey = phone.get(options, ORIGIN)
  const done = Array.from({ length: 20 }, (_, at) =>
    refusal(side.signIn.passkey({ flow, passkey }, { ...VISITOR, address: `10.0.${at}.1` })),
  )
  expect((await Promise.all(done)).filter((code) => code === 'ok')).toHaveLength(1)
})

test('a counter that does not grow gives a copied passkey away', async () => {
  await joinWithPasskey('Ada', { counter: 5 })
  expect(await refusal(signIn({ counter: 5 }))).toBe('sign_in_failed')
  expect(await refusal(signIn({ counter: 4 }))).toBe('sign_in_failed')
  expect(await refusal(signIn({ counter: 0 }))).toBe('sign_in_failed')
  expect(await refusal(signIn({ counter: 9 }))).toBe('ok')
  const both = await Promise.all([refusal(signIn({ counter: 10 })), refusal(signIn({ counter: 10 }))])
  expect(both.sort()).toEqual(['ok', 'sign_in_failed'])
})

test('passkeys that do not count work again and again', async () => {
  await joinWithPasskey('Ada')
  for (let at = 0; at < 3; at++) expect(await refusal(signIn({ counter: 0 }))).toBe('ok')
})

test('flows do not pass for one another', async () => {
  await joinWithPasskey('Ada')
  const [, ada] = side.rooms.people.list()
  const me = side.me(callerOf(ada?.id ?? ''))
  const [join, signInFlow, add] = [
    await side.signIn.joinOptions({ code: (await side.invite()).code, name: 'Eve' }, VISITOR),
    await side.signIn.passkeyOptions(VISITOR),
    await me.passkeyOptions(),
  ]
  for (const { flow, options } of [join, signInFlow]) {
    const passkey = phone.create({ ...add.options, ...options }, ORIGIN)
    expect(await refusal(me.addPasskey({ flow, passkey, name: '' }))).toBe('passkey_over')
  }
  const { code } = await side.invite()
  const proof = { flow: add.flow, passkey: phone.create(add.options, ORIGIN), passkeyName: '' }
  expect(await refusal(side.signIn.join({ code, name: 'Eve', proof }, VISITOR))).toBe('passkey_over')
  const other = side.me(callerOf(await joined(side, 'Grace')))
  const passkey = phone.create(add.options, ORIGIN)
  expect(await refusal(other.addPasskey({ flow: add.flow, passkey, name: '' }))).toBe('passkey_over')
})

test('a person adds another passkey, names the ones they have, and takes one away', async () => {
  const ada = side.me(callerOf(await joined(side, 'Ada')))
  const begun = await ada.passkeyOptions()
  const added = await ada.addPasskey({
    flow: begun.flow,
    passkey: phone.create(begun.options, ORIGIN),
    name: 'Key ring',
  })
  expect(added).toMatchObject({ kind: 'passkey', name: 'Key ring' })
  expect((await ada.passkeyOptions()).options['excludeCredentials']).toHaveLength(1)
  expect(await refusal(signIn())).toBe('ok')
  expect((await ada.removeCredential(added.id))?.credentials.map(({ kind }) => kind)).toEqual(['password'])
  expect(await refusal(signIn())).toBe('sign_in_failed')
})

test('one passkey cannot belong to two persons', async () => {
  await joinWithPasskey('Ada')
  const { code } = await side.invite()
  const { flow, options } = await side.signIn.joinOptions({ code, name: 'Eve' }, VISITOR)
  const stolen = phone.passkeys[0]
  const made = phone.create(options, ORIGIN)
  expect(stolen).toBeDefined()
  // The same credential id again, with another key.
  const response = made['response'] as { attestationObject: string }
  const bytes = Buffer.from(response.attestationObject, 'base64url')
  const at = bytes.indexOf(phone.passkeys[1]?.id ?? Buffer.alloc(1))
  stolen?.id.copy(bytes, at)
  response.attestationObject = bytes.toString('base64url')
  const id = stolen?.id.toString('base64url') ?? ''
  const proof = { flow, passkey: { ...made, id, rawId: id }, passkeyName: '' }
  expect(await refusal(side.signIn.join({ code, name: 'Eve', proof }, VISITOR))).toBe('credential_known')
  expect(side.rooms.people.list()).toHaveLength(2)
})

test.each([
  ['https://192.168.1.5:11501'],
  ['https://[fd00::1]:11501'],
  ['http://box.local:11501'],
  ['http://192.168.1.5:11501'],
])('at %s there are no passkeys', async (origin) => {
  const { code } = await side.invite()
  expect(await refusal(side.signIn.passkeyOptions({ ...VISITOR, origin }))).toBe('passkey_unavailable')
  expect(await refusal(side.signIn.joinOptions({ code, name: 'Ada' }, { ...VISITOR, origin }))).toBe(
    'passkey_unavailable',
  )
  expect(await refusal(side.me(callerOf(OWNER_ID, { origin })).passkeyOptions())).toBe('passkey_unavailable')
})

test.each(['http://localhost:11501', 'http://latchkey.localhost:11501', 'https://latchkey.example'])(
  'at %s there are',
  async (origin) => {
    await side.invite()
    expect(await refusal(side.signIn.passkeyOptions({ ...VISITOR, origin }))).toBe('ok')
  },
)

test('the desktop app’s window has no page to which a passkey could belong; the link’s page has', async () => {
  expect(await refusal(side.me(OWNER_AT_WINDOW).passkeyOptions())).toBe('passkey_unavailable')
  const link = side.me({ ...OWNER_BY_LINK, origin: 'http://localhost:11501' })
  const { flow, options } = await link.passkeyOptions()
  const passkey = phone.create(options, 'http://localhost:11501')
  expect(await link.addPasskey({ flow, passkey, name: 'Laptop' })).toMatchObject({ name: 'Laptop' })
})

const NONSENSE: Record<string, unknown> = {
  nothing: {},
  'no response': { id: 'x', rawId: 'x', type: 'public-key' },
  'null as response': { id: 'x', rawId: 'x', type: 'public-key', response: null },
  'numbers for texts': {
    id: 1,
    rawId: 1,
    type: 2,
    response: { clientDataJSON: 3, authenticatorData: {}, signature: [] },
  },
  'text that is not JSON': {
    id: 'eA',
    rawId: 'eA',
    type: 'public-key',
    response: { clientDataJSON: 'eA', attestationObject: 'eA' },
  },
  'a deep object': JSON.parse(`${'{"a":'.repeat(500)}1${'}'.repeat(500)}`),
  'a prototype': JSON.parse('{"__proto__": {"id": "x"}, "constructor": {"prototype": {}}}'),
}

test.each(Object.entries(NONSENSE))('%s for a passkey is refused', async (_, nonsense) => {
  const { code } = await side.invite()
  const passkey = nonsense as Record<string, unknown>
  const { flow } = await side.signIn.passkeyOptions(VISITOR)
  expect(await refusal(side.signIn.passkey({ flow, passkey }, VISITOR))).toBe('sign_in_failed')
  const making = await side.signIn.joinOptions({ code, name: 'Ada' }, VISITOR)
  const proof = { flow: making.flow, passkey, passkeyName: '' }
  expect(await refusal(side.signIn.join({ code, name: 'Ada', proof }, VISITOR))).toBe('passkey_refused')
})

test('nonsense in each field of a right answer is refused', async () => {
  await joinWithPasskey('Ada')
  for (const field of ['clientDataJSON', 'authenticatorData', 'signature', 'userHandle']) {
    for (const value of [undefined, null, 7, '', '!', 'AAAA', [], {}]) {
      const { flow, options } = await side.signIn.passkeyOptions(VISITOR)
      const answer = phone.get(options, ORIGIN)
      const passkey = { ...answer, response: { ...(answer['response'] as object), [field]: value } }
      side.clock.now += 3_600_000
      const again = await side.signIn.passkeyOptions(VISITOR)
      expect([field, value, await refusal(side.signIn.passkey({ flow: again.flow, passkey }, VISITOR))]).toEqual([
        field,
        value,
        'sign_in_failed',
      ])
      expect(await refusal(side.signIn.passkey({ flow, passkey }, VISITOR))).not.toBe('ok')
    }
  }
})

test('an attestation with certificates is refused, and its addresses are not fetched', async () => {
  const fetched = vi.spyOn(globalThis, 'fetch')
  const chain = new Map<string, Buffer | number | Buffer[]>([
    ['alg', -7],
    ['sig', Buffer.alloc(70)],
    ['x5c', [Buffer.alloc(300)]],
  ])
  for (const fmt of ['packed', 'apple', 'android-key', 'android-safetynet', 'tpm', 'fido-u2f', 'none', 'x']) {
    expect(await refusal(joinWithPasskey('Ada', { attestation: { fmt, attStmt: chain } }))).toBe('passkey_refused')
  }
  expect(fetched).not.toHaveBeenCalled()
  fetched.mockRestore()
})

test('whoever begins many flows ends those of nobody', async () => {
  await joinWithPasskey('Ada')
  const mine = await side.signIn.passkeyOptions(VISITOR)
  for (let at = 0; at < 300; at++) await side.signIn.passkeyOptions({ ...VISITOR, address: '10.0.0.1' })
  expect(
    await refusal(side.signIn.passkey({ flow: mine.flow, passkey: phone.get(mine.options, ORIGIN) }, VISITOR)),
  ).toBe('ok')
})

test('a paused person’s passkey opens nothing', async () => {
  await joinWithPasskey('Ada')
  const [, ada] = side.rooms.people.list()
  await side.rooms.people.change(ada?.id ?? '', { state: 'paused' })
  expect(await refusal(signIn())).toBe('person_paused')
  side.settings.localSignIn = false
  expect(await refusal(side.signIn.passkeyOptions(VISITOR))).toBe('local_sign_in_off')
})
