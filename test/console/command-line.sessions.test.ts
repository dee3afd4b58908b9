import { afterAll, beforeAll, expect, test } from 'vitest'
import { SESSION_HEADER } from '#shared/console-api/console-session.ts'
import type { IssuedInvitation } from '#shared/people/invitation.ts'
import type { Session } from '#shared/people/session.ts'
import { freshLink } from '../support/console-page.ts'
import { type HeldSession, signInAt } from '../support/console-session.ts'
import { type Serve, startServe } from '../support/serve.ts'
import { jsonHere, runHere } from './run-here.ts'

let serve: Serve
beforeAll(async () => {
  serve = await startServe()
})
afterAll(() => serve?.stop())

const run = (...args: string[]) => runHere(serve.dataDir, ...args)
const json = <T>(...args: string[]) => jsonHere<T>(serve.dataDir, ...args)

async function statusOf({ cookie, secret }: HeldSession): Promise<number> {
  const headers = { Cookie: cookie, [SESSION_HEADER]: secret }
  return (await fetch(new URL('/api/state', serve.console), { headers })).status
}

test('open sessions are listed with their person, and one or all are ended at once', async () => {
  expect((await run('session', 'list')).stdout).toBe('Nobody has the console open.\n')
  const [first, second] = [await signInAt(serve.console), await signInAt(await freshLink(serve))]
  expect([await statusOf(first), await statusOf(second)]).toEqual([200, 200])
  const [one, ...others] = await json<(Session & { personName: string })[]>('session', 'list')
  expect(others).toHaveLength(1)
  expect(one).toMatchObject({ personName: 'Owner', method: 'link' })
  expect((await run('session', 'list', '--person', 'me')).stdout).toMatch(/^Owner +\S+ +link +127\.0\.0\.1 /m)
  expect((await run('session', 'end', one?.id ?? '')).stdout).toBe('The session of Owner is ended.\n')
  expect(new Set([await statusOf(first), await statusOf(second)])).toEqual(new Set([200, 401]))
  expect((await run('session', 'end', 'me')).stdout).toBe('Owner is signed out everywhere.\n')
  expect([await statusOf(first), await statusOf(second)]).toEqual([401, 401])
  expect(await json('session', 'list')).toEqual([])
})

/** Joins like the page of an invitation. */
async function join(code: string): Promise<HeldSession> {
  const answer = await fetch(new URL('/api/join', serve.console), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code, name: 'Anna', proof: { password: 'a rather long and unusual one 71' } }),
  })
  expect([answer.status, await answer.json()]).toEqual([200, { next: 'console' }])
  const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';')
  return { cookie, secret: answer.headers.get(SESSION_HEADER) ?? '' }
}

test('somebody who was invited on the command line joins, is listed, and is signed out from there', async () => {
  const { code } = await json<IssuedInvitation>('invite', 'create', 'Anna')
  const held = await join(code)
  expect(await statusOf(held)).toBe(200)
  expect((await run('invite', 'list')).stdout).toMatch(/^Anna +\S+ +member +used +Anna +somebody new$/m)
  expect((await run('session', 'list', '--person', 'Anna')).stdout).toMatch(/^Anna +\S+ +password +127\.0\.0\.1 /m)
  const [theirs] = await json<Session[]>('session', 'list', '--person', 'Anna')
  expect((await run('session', 'end', theirs?.id ?? '')).stdout).toBe('The session of Anna is ended.\n')
  expect(await statusOf(held)).toBe(401)
  expect((await run('session', 'end', theirs?.id ?? '')).code).toBe(1)
  expect((await run('session', 'end', 'Anna')).stdout).toBe('Anna is signed out everywhere.\n')
  expect((await run('usage', '--by', 'person', '--person', 'Anna')).stdout).toContain('No requests')
})

test('somebody who does not exist has no sessions, and that is said', async () => {
  expect(await run('session', 'end', 'Nobody')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('latchkey session list') as string,
  })
  expect(await run('session', 'list', '--person', 'Nobody')).toMatchObject({ code: 1, stdout: '' })
})
