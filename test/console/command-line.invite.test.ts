import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Invitation, IssuedInvitation } from '#shared/people/invitation.ts'
import { startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { jsonHere, runHere } from './run-here.ts'

let dir: TempDir
beforeAll(async () => {
  dir = await createTempDir()
})
afterAll(() => dir.remove())

const run = (...args: string[]) => runHere(dir.path, ...args)
const json = <T>(...args: string[]) => jsonHere<T>(dir.path, ...args)
const DAY_MS = 86_400_000

/** Every choice of an invitation with its flags and what they make of it. */
const EVERYTHING = {
  role: { flags: ['--role', 'guest'], value: 'guest' },
  preset: { flags: ['--preset', 'chat'], value: 'chat' },
  models: { flags: ['--models', 'llama3, qwen*'], value: ['llama3', 'qwen*'] },
  origins: { flags: ['--origins', 'https://Notes.example/'], value: ['https://notes.example'] },
  online: { flags: ['--no-online'], value: false },
  hours: { flags: ['--hours', '07:30-12:00'], value: ['07:30-12:00'] },
  requestsPerMinute: { flags: ['--rpm', '7'], value: 7 },
  tokensPerDay: { flags: ['--tokens-per-day', '1000'], value: 1000 },
  concurrency: { flags: ['--concurrency', '3'], value: 3 },
}

test('an invitation is made with everything that can be chosen, listed without its code, and revoked', async () => {
  const flags = Object.values(EVERYTHING).flatMap((one) => one.flags)
  const expected = Object.fromEntries(Object.entries(EVERYTHING).map(([field, { value }]) => [field, value]))
  const issued = await json<IssuedInvitation>('invite', 'create', 'Anna', '--days', '3', ...flags)
  expect(issued).toMatchObject({ name: 'Anna', state: 'open', ...expected })
  expect(issued.expiresAt - issued.createdAt).toBe(3 * DAY_MS)
  expect(issued.code.length).toBeGreaterThan(20)
  const listed = await run('invite', 'list')
  expect(listed.stdout).toMatch(new RegExp(`^Anna +${issued.id} +guest +open +in 3 days`, 'm'))
  expect(listed.stdout + (await run('invite', 'list', '--json')).stdout).not.toContain(issued.code)
  expect((await run('invite', 'revoke', 'anna')).stdout).toBe('The invitation is revoked.\n')
  expect(await json<Invitation[]>('invite', 'list')).toMatchObject([{ id: issued.id, state: 'revoked' }])
  expect(await run('invite', 'revoke', 'Anna')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('invite list'),
  })
})

test('without flags it is for a member and a week; without an address the end of its link is shown', async () => {
  const made = await run('invite', 'create', 'Ben')
  expect(made.code).toBe(0)
  expect(made.stdout).toMatch(
    /^Made an invitation for Ben as member \(invitation_\w+\)\. It works once, until [\d-]{10}\.$/m,
  )
  expect(made.stdout).toMatch(/^Its link is .* with \/join#\w+\. It is not shown again\.$/m)
  expect(made.stderr).toContain('latchkey sign-in list')
  const [newest] = await json<Invitation[]>('invite', 'list')
  expect(newest).toMatchObject({ name: 'Ben', role: 'member', preset: 'models', tokensPerDay: null, online: true })
  expect((newest?.expiresAt ?? 0) - (newest?.createdAt ?? 0)).toBe(7 * DAY_MS)
})

test('while others can open the console it has a link, and a QR code of it', async () => {
  const serve = await startServe({ args: ['--demo', '--behind-proxy', '127.0.0.1'] })
  try {
    await jsonHere(serve.dataDir, 'settings', 'set', 'consoleUrl', 'https://latchkey.example')
    const { code, links } = await jsonHere<IssuedInvitation>(serve.dataDir, 'invite', 'create')
    expect(links).toEqual([`https://latchkey.example/join#${code}`])
    const shown = await runHere(serve.dataDir, 'invite', 'create', '--qr')
    expect(shown.stdout).toMatch(/^ {2}https:\/\/latchkey\.example\/join#\w+$/m)
    expect(shown.stdout).toContain('█')
    expect((await jsonHere<{ consoleUrl: string }>(serve.dataDir, 'sign-in', 'list')).consoleUrl).toBe(
      'https://latchkey.example',
    )
  } finally {
    await serve.stop()
  }
})

test('somebody who is here is let in again by their name, for a day or as long as was chosen', async () => {
  const { id } = await json<{ id: string }>('person', 'add', 'Frida')
  const issued = await json<IssuedInvitation>('invite', 'create', '--for', 'frida', '--days', '3')
  expect(issued).toMatchObject({ person: id, name: 'Frida', state: 'open' })
  expect(issued.expiresAt - issued.createdAt).toBe(3 * DAY_MS)
  const made = await run('invite', 'create', '--for', id)
  expect(made.stdout).toMatch(
    /^Made an invitation for Frida, who gets in again with it \(invitation_\w+\)\. It works once, until [\d-]{10}\.$/m,
  )
  const listed = await run('invite', 'list')
  expect(listed.stdout).toMatch(/^Frida +invitation_\w+ +member +open +in 24 hours +again$/m)
  expect(listed.stdout).toMatch(new RegExp(`^Frida +${issued.id} +member +revoked +again$`, 'm'))
  expect(listed.stdout).toMatch(/^Ben .* somebody new$/m)
  expect((await run('invite', 'revoke', 'frida')).stdout).toBe('The invitation is revoked.\n')
})

test.each([
  [['invite', 'create', '--for', 'Nobody'], 1, 'No person has this id or name'],
  [['invite', 'create', '--for', 'me'], 1, 'The owner needs no link'],
  [['invite', 'create', '--for', 'Frida', '--days', '8'], 1, '7'],
  [['invite', 'create', 'Eve', '--for', 'Frida'], 2, 'keeps their name, role and limits'],
  [['invite', 'create', '--for', 'Frida', '--role', 'admin'], 2, 'keeps their name, role and limits'],
  [['invite', 'create', 'Eve', '--role', 'owner'], 1, 'There is one owner'],
  [['invite', 'create', 'Eve', '--role', 'king'], 2, 'Roles are'],
  [['invite', 'create', 'Eve', '--preset', 'all'], 2, 'Allowed choices are chat, models'],
  [['invite', 'create', 'Eve', '--days', '0'], 2, 'whole number'],
  [['invite', 'create', 'Eve', '--days', '31'], 1, '30'],
  [['invite', 'create', 'Eve', '--hours', '8-9'], 1, 'Hours look like'],
  [['invite', 'create', ' '], 1, 'name'],
  [['invite', 'revoke', 'invitation_0'], 1, 'latchkey invite list'],
])('%j ends with %i and a sentence', async (args, code, part) => {
  const done = await run(...args)
  expect([done.code, done.stderr]).toEqual([code, expect.stringContaining(part)])
})
