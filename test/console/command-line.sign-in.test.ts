import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ProviderState } from '#shared/people/sign-in.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { jsonHere, runHere } from './run-here.ts'

let dir: TempDir
beforeEach(async () => {
  dir = await createTempDir()
})
afterEach(() => dir.remove())

const run = (...args: string[]) => runHere(dir.path, ...args)
const json = <T>(...args: string[]) => jsonHere<T>(dir.path, ...args)
/** No server listens there. */
const ISSUER = 'https://127.0.0.1:1/realms/home'
const SECRET = 'client-secret-of-the-test'

async function secretFile(secret = SECRET): Promise<string> {
  const file = join(dir.path, 'secret.txt')
  await writeFile(file, `${secret}\n`, { mode: 0o600 })
  return file
}

test('a provider is set up, changed one option at a time, listed without its secret, and removed', async () => {
  const base = ['sign-in', 'setup', 'work', '--preset', 'keycloak', '--issuer', ISSUER, '--client-id', 'latchkey']
  const made = await json<ProviderState>(...base, '--secret-file', await secretFile())
  expect(made).toMatchObject({
    id: 'work',
    name: 'Keycloak',
    preset: 'keycloak',
    issuer: ISSUER,
    clientId: 'latchkey',
    domains: [],
    roleClaim: null,
    roles: [],
    hasSecret: true,
  })
  const roles = ['--role-claim', 'groups', '--roles', 'it=admin,a=b=member', '--domains', 'example.org,example.com']
  expect(await json('sign-in', 'setup', 'work', '--name', 'Our login', ...roles)).toMatchObject({
    name: 'Our login',
    clientId: 'latchkey',
    issuer: ISSUER,
    domains: ['example.org', 'example.com'],
    roleClaim: 'groups',
    roles: [
      { value: 'it', role: 'admin' },
      { value: 'a=b', role: 'member' },
    ],
    hasSecret: true,
  })
  expect(
    await json('sign-in', 'setup', 'work', '--role-claim', 'none', '--roles', 'none', '--domains', 'any'),
  ).toMatchObject({
    domains: [],
    roleClaim: null,
    roles: [],
  })
  const listed = await run('sign-in', 'list')
  expect(listed.stdout).toMatch(/^Our login +work +keycloak +set +none yet$/m)
  expect(listed.stdout + (await run('sign-in', 'list', '--json')).stdout).not.toContain(SECRET)
  expect((await run('sign-in', 'remove', 'work')).stdout).toBe('Removed Our login.\n')
  expect((await json<Settings>('settings', 'list')).providers).toEqual([])
})

test('GitHub needs no more than its client id and secret, and what is missing is said', async () => {
  const first = await run('sign-in', 'setup', 'github', '--client-id', 'x')
  expect(first.stdout).toContain('GitHub is set up.')
  expect(first.stderr).toContain('sign-in setup github --secret-file')
  const state = await json<ProviderState>('sign-in', 'setup', 'github', '--secret-file', await secretFile())
  expect(state).toMatchObject({ preset: 'github', issuer: null, hasSecret: true })
})

test('a provider that does not answer is set up all the same, and the command says so', async () => {
  const args = ['sign-in', 'setup', 'work', '--preset', 'other', '--issuer', ISSUER, '--client-id', 'x']
  const done = await run(...args, '--secret-file', await secretFile())
  expect(done.code).toBe(1)
  expect(done.stdout).toContain('Single sign-on is set up.')
  expect(done.stderr).toContain('Single sign-on')
  expect((await json<Settings>('settings', 'list')).providers).toHaveLength(1)
  expect(await run('sign-in', 'check', 'work')).toMatchObject({ code: 1, stdout: '' })
})

test('passkeys and passwords are switched off and on, with a warning if nothing is left', async () => {
  const off = await run('sign-in', 'disable-local')
  expect(off.stdout).toContain('Passkeys and passwords are off.')
  expect(off.stdout).toContain('latchkey console')
  expect(off.stderr).toContain('only the owner')
  expect((await run('sign-in', 'list')).stdout).toContain('Passkeys and passwords: off')
  expect(await json('sign-in', 'enable-local')).toEqual({ localSignIn: true })
})

test('a password for the owner comes from a file, and is never shown', async () => {
  const password = 'a rather long and unusual one 71'
  const done = await run('sign-in', 'password', '--file', await secretFile(password))
  expect(done).toMatchObject({ code: 0, stderr: '' })
  expect(done.stdout).toContain('can sign in with this password now')
  expect(done.stdout).not.toContain(password)
  expect(await run('sign-in', 'password', '--file', await secretFile('short'))).toMatchObject({ code: 1, stdout: '' })
})

test.each([
  [['sign-in', 'setup', 'github'], 2, '--client-id'],
  [['sign-in', 'setup', 'work', '--client-id', 'x'], 2, '--preset'],
  [['sign-in', 'setup', 'Not An Id', '--preset', 'github', '--client-id', 'x'], 1, 'providers'],
  [['sign-in', 'setup', 'x', '--preset', 'myspace', '--client-id', 'x'], 2, 'Allowed choices'],
  [['sign-in', 'setup', 'x', '--preset', 'github', '--client-id', 'x', '--roles', 'it=owner'], 2, 'Roles look like'],
  [['sign-in', 'setup', 'x', '--preset', 'github', '--client-id', 'x', '--secret-file', '/nowhere'], 1, 'cannot read'],
  [['sign-in', 'remove', 'nothing'], 1, 'sign-in list'],
  [['sign-in', 'check', 'nothing'], 1, 'sign-in list'],
  [['sign-in', 'password', '--file', '/nowhere'], 1, 'cannot read'],
])('%j ends with %i and a sentence', async (args, code, part) => {
  const done = await run(...args)
  expect([done.code, done.stderr]).toEqual([code, expect.stringContaining(part)])
})
