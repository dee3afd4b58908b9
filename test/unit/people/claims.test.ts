import { expect, test } from 'vitest'
import { providerSchema } from '#shared/people/sign-in.ts'
import { type Claims, identityOf, lacksClaims } from '../../../src-main/people/providers/claims.ts'

const provider = (fields: object = {}) =>
  providerSchema.parse({ id: 'work', name: 'Work', preset: 'other', issuer: null, clientId: 'x', ...fields })
const TOKEN = { iss: 'https://issuer.example', sub: 'anna' }
const MAIL = { email: 'anna@example.org' }

/** Who the ID token and the user info are about. */
const identity = (token: Claims, info: Claims | null = null, fields: object = {}) =>
  identityOf(provider(fields), { ...TOKEN, ...token }, info)

test.each<[string, Claims, string | null]>([
  ['entra', { xms_edov: true }, 'anna@example.org'],
  ['entra', { xms_edov: 1 }, 'anna@example.org'],
  ['entra', { xms_edov: '1' }, 'anna@example.org'],
  ['entra', { xms_edov: false }, null],
  ['entra', { xms_edov: 'yes' }, null],
  ['entra', { xms_edov: true, email_verified: false }, null],
  ['entra', {}, null],
  ['other', { xms_edov: true }, null],
  ['other', { email_verified: 1 }, null],
  ['other', { email_verified: 'true' }, 'anna@example.org'],
])('with the preset %s and %j the address counts as %s', (preset, claims, email) => {
  expect(identity({ ...MAIL, ...claims }, null, { preset }).email).toBe(email)
})

test.each<[string, Claims, Claims, string | null]>([
  ['the word alone in the other', MAIL, { email_verified: true }, null],
  ['the word about another address', MAIL, { email: 'other@example.org', email_verified: true }, 'other@example.org'],
  ['a no in the token', { ...MAIL, email_verified: false }, { ...MAIL, email_verified: true }, null],
  ['both in user info', {}, { ...MAIL, email_verified: true }, 'anna@example.org'],
])('address and word must come from one source: %s', (_, token, info, email) => {
  expect(identity(token, info).email).toBe(email)
})

test.each([
  'anna@',
  'anna@example',
  'anna@exa mple.org',
  'Anna <anna@example.org>',
  'anna@example.org,eve@evil.example',
  'anna@evil.example\n@example.org',
  'an\u212aa@example.org',
  `${'a'.repeat(250)}@example.org`,
  ['anna@example.org'],
  7,
])('%j is no address', (email) => {
  expect(identity({ email, email_verified: true }).email).toBe(null)
})

test.each<[Claims, string]>([
  [{ name: 'Anna', nickname: 'A' }, 'Anna'],
  [{ nickname: 'A', preferred_username: 'anna' }, 'A'],
  [{ preferred_username: 'anna' }, 'anna'],
  [{ ...MAIL, email_verified: true }, 'anna'],
  [MAIL, 'anna'],
  [{}, 'anna'],
  [{ name: '\u202e\n', sub: '\u200b' }, 'account'],
  [{ name: { first: 'Anna' }, sub: '@' }, '@'],
  [{ name: 'a'.repeat(500) }, `${'a'.repeat(79)}…`],
  [{ name: 'An\u202ena\nB' }, 'An na B'],
])('%j is called %j', (claims, name) => {
  expect(identity(claims).name).toBe(name)
})

test('the user info is asked only if the token lacks something', () => {
  const full = { ...MAIL, email_verified: false, name: 'Anna', groups: [] }
  expect(lacksClaims({ preset: 'other', roleClaim: null }, full)).toBe(false)
  expect(lacksClaims({ preset: 'other', roleClaim: 'groups' }, full)).toBe(false)
  expect(lacksClaims({ preset: 'entra', roleClaim: null }, { ...full, xms_edov: true })).toBe(false)
  expect(lacksClaims({ preset: 'entra', roleClaim: null }, full)).toBe(true)
  expect(lacksClaims({ preset: 'other', roleClaim: 'realm_access.roles' }, full)).toBe(true)
  for (const name of ['email', 'email_verified', 'name'])
    expect(lacksClaims({ preset: 'other', roleClaim: null }, { ...full, [name]: undefined })).toBe(true)
})

test.each<[string, Claims, string | null]>([
  ['https://example.org/roles', { 'https://example.org/roles': 'boss' }, 'admin'],
  ['a.b', { 'a.b': ['boss'], a: { b: ['staff'] } }, 'admin'],
  ['a.b', { a: { b: 'staff' } }, 'member'],
  ['a.b', { a: null }, null],
  ['a', { a: { boss: true } }, null],
  ['a', { a: 'boss staff' }, null],
  ['a', { a: ['Boss'] }, null],
  ['constructor', {}, null],
])('the claim %s of %j gives the role %s', (roleClaim, claims, role) => {
  const roles = [
    { value: 'staff', role: 'member' },
    { value: 'boss', role: 'admin' },
  ]
  expect(identity(claims, null, { roleClaim, roles }).role).toBe(role)
})
