import { describe, expect, test } from 'vitest'
import { providerSchema } from '#shared/people/sign-in.ts'
import { problem } from '#shared/text/problem.ts'
import { type SignInFacts, signInFindings } from '../../../src-main/headless/doctor/sign-in.ts'

const ALONE: SignInFacts = {
  settings: {
    shareConsole: false,
    consoleUrl: null,
    registration: 'invite',
    localSignIn: true,
    ownerEmail: null,
    providers: [],
  },
  shared: { urls: [], problem: null },
  people: [{ state: 'active' }],
  providers: [],
}

const FAMILY: SignInFacts = {
  ...ALONE,
  settings: { ...ALONE.settings, shareConsole: true },
  shared: { urls: ['https://box.local:11501'], problem: null },
  people: [{ state: 'active' }, { state: 'active' }],
}

const provider = (fields: object) =>
  providerSchema.parse({ id: 'work', name: 'Work', preset: 'keycloak', issuer: null, clientId: 'x', ...fields })

function settings(changes: Partial<SignInFacts['settings']>, facts = FAMILY): SignInFacts {
  return { ...facts, settings: { ...facts.settings, ...changes } }
}

test('nothing is said while only the owner uses it, and all is well when others can come in', () => {
  expect(signInFindings(ALONE)).toEqual([])
  expect(signInFindings(FAMILY)).toEqual([
    { check: 'console', ok: true, sentence: expect.stringContaining('https://box.local:11501') as string, fix: null },
  ])
})

describe('what is half configured is said with what to do', () => {
  const tls = problem('share_needs_tls', 'Other devices cannot open the console. Turn on https.', {})
  const cases: [string, SignInFacts, sentence: RegExp, fix: RegExp][] = [
    ['no TLS', { ...FAMILY, shared: { urls: [], problem: tls } }, /^Other devices cannot open/, /^Turn on https/],
    ['an address without https', settings({ consoleUrl: 'http://latchkey.example' }), /no https/, /consoleUrl https:/],
    ['no way in', settings({ localSignIn: false }), /no provider is set up/, /enable-local/],
    [
      'a provider without its secret, and no other way in',
      { ...settings({ localSignIn: false, providers: [provider({})] }), providers: [{ hasSecret: false }] },
      /no provider has its client secret/,
      /sign-in setup/,
    ],
    [
      'somebody who waits',
      { ...FAMILY, people: [...FAMILY.people, { state: 'pending' }] },
      /^1 person waits/,
      /person resume/,
    ],
    [
      'joining where nobody comes',
      settings({ registration: 'open' }, ALONE),
      /without an invitation/,
      /shareConsole on/,
    ],
    ['a claim without values', settings({ providers: [provider({ roleClaim: 'groups' })] }), /gives nobody/, /--roles/],
    [
      'values without a claim',
      settings({ providers: [provider({ roles: [{ value: 'it', role: 'admin' }] })] }),
      /gives nobody/,
      /--role-claim/,
    ],
    ['an owner’s address that nothing can verify', settings({ ownerEmail: 'ada@example.org' }), /no effect/, /setup/],
  ]
  test.each(cases)('%s', (_, facts, sentence, fix) => {
    expect(signInFindings(facts).filter(({ ok }) => !ok)).toEqual([
      {
        check: expect.any(String) as string,
        ok: false,
        sentence: expect.stringMatching(sentence) as string,
        fix: expect.stringMatching(fix) as string,
      },
    ])
  })
})

test('a provider that works is a way in', () => {
  const work = settings({ localSignIn: false, providers: [provider({})] })
  expect(signInFindings({ ...work, providers: [{ hasSecret: true }] }).every(({ ok }) => ok)).toBe(true)
})
