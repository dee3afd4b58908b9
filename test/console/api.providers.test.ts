import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  CLIENT_ID,
  CLIENT_SECRET,
  PAGE_ORIGIN,
  REDIRECT_URI,
  startOpenIdProvider,
  type TestProvider,
} from '../support/providers/openid-provider.ts'
import { createTempDir } from '../support/temp-dir.ts'
import { runHere } from './run-here.ts'
import { requestOf, type StartedApp, startApp } from './started-app.ts'

let openId: TestProvider
let started: StartedApp
beforeEach(async () => {
  openId = await startOpenIdProvider()
  started = await startApp()
})
afterEach(async () => {
  await started.stop()
  await openId.close()
})

const provider = (fields: object = {}) => ({
  id: 'work',
  name: 'Work',
  preset: 'other' as const,
  issuer: openId.issuer,
  clientId: CLIENT_ID,
  ...fields,
})
const setUp = (fields: object = {}) =>
  started.call('PATCH /api/settings', { providers: [provider(fields)], consoleUrl: `${PAGE_ORIGIN}/` })

test('a provider is set up, checked and listed; its secret is never read back and in no log', async () => {
  expect(await started.call('GET /api/providers', {})).toEqual([])
  await setUp()
  const state = { ...provider(), domains: [], roleClaim: null, roles: [], redirectUrl: REDIRECT_URI }
  expect(await started.call('GET /api/providers', {})).toEqual([{ ...state, hasSecret: false }])
  expect(await started.call('PUT /api/providers/:id/secret', { secret: CLIENT_SECRET }, 'work')).toEqual({
    ...state,
    hasSecret: true,
  })
  expect(await started.call('POST /api/providers/:id/check', {}, 'work')).toEqual({ done: true })
  for (const path of [
    '/api/providers',
    '/api/settings',
    '/api/state',
    '/api/diagnostics',
    '/api/audit',
    '/api/setup',
  ]) {
    expect(await (await started.ask(path)).text()).not.toContain(CLIENT_SECRET)
  }
  expect(started.log()).not.toContain(CLIENT_SECRET)
  await started.call('PUT /api/providers/:id/secret', { secret: null }, 'work')
  expect(await started.bytesOnDisk()).not.toContain(CLIENT_SECRET)
})

test('two providers cannot have the same id', async () => {
  const answer = await started.ask(...requestOf('PATCH /api/settings', { providers: [provider(), provider()] }))
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: 'provider_twice' } }])
})

test('the audit trail says whose secret was changed, and not to what', async () => {
  await setUp()
  await started.call('PUT /api/providers/:id/secret', { secret: CLIENT_SECRET }, 'work')
  const [entry] = await started.call('GET /api/audit', {})
  expect(entry).toMatchObject({ action: 'provider.secret', subject: 'work', label: 'Work', fields: [] })
})

test('a failed check says why, with a code', async () => {
  await setUp()
  await started.call('PUT /api/providers/:id/secret', { secret: 'wrong' }, 'work')
  const answer = await started.ask(...requestOf('POST /api/providers/:id/check', {}, 'work'))
  expect([answer.status, await answer.json()]).toMatchObject([
    409,
    { error: { code: 'provider_secret_wrong', parts: { name: 'Work' } } },
  ])
})

test.each([
  ['PUT /api/providers/:id/secret', { secret: 'x' }],
  ['POST /api/providers/:id/check', {}],
] as const)('%s of an unknown provider is not found', async (route, input) => {
  await setUp()
  for (const id of ['another', 'constructor', '__proto__']) {
    expect((await started.ask(...requestOf(route, input, id))).status).toBe(404)
  }
})

test('a vault that cannot be read does not stop anything, and a new secret mends it', async () => {
  await setUp()
  await writeFile(join(started.dataDir, 'provider-secrets'), `${CLIENT_SECRET} is not JSON`)
  expect(await started.call('GET /api/providers', {})).toMatchObject([{ hasSecret: false }])
  const answer = await started.ask(...requestOf('POST /api/providers/:id/check', {}, 'work'))
  expect(await answer.json()).toMatchObject({ error: { code: 'provider_secret_unreadable' } })
  expect(started.log()).not.toContain(CLIENT_SECRET)
  await started.call('PUT /api/providers/:id/secret', { secret: CLIENT_SECRET }, 'work')
  expect(await started.call('POST /api/providers/:id/check', {}, 'work')).toEqual({ done: true })
  expect(JSON.parse(await readFile(join(started.dataDir, 'provider-secrets'), 'utf8'))).toEqual({
    work: { secret: CLIENT_SECRET, boundTo: openId.issuer },
  })
})

test('doctor checks each provider and says how to fix it', async () => {
  const { path, remove } = await createTempDir()
  const doctor = async (settings: object) => {
    await writeFile(join(path, 'settings.json'), JSON.stringify(settings))
    const { stdout } = await runHere(path, 'doctor', '--json')
    return (JSON.parse(stdout) as { check: string }[]).filter(({ check }) => check === 'provider')
  }
  const secrets = { work: { secret: CLIENT_SECRET, boundTo: openId.issuer } }
  await writeFile(join(path, 'provider-secrets'), JSON.stringify(secrets), { mode: 0o600 })
  const consoleUrl = PAGE_ORIGIN
  expect(await doctor({})).toEqual([])
  expect(await doctor({ providers: [provider()], consoleUrl })).toEqual([
    { check: 'provider', ok: true, sentence: 'People can sign in at Work.', fix: null },
  ])
  expect(await doctor({ providers: [provider()] })).toMatchObject([
    { ok: false, sentence: expect.stringContaining('other devices cannot open the console') },
  ])
  expect(await doctor({ providers: [provider()], consoleUrl: 'https://other.local' })).toMatchObject([
    { ok: false, sentence: expect.stringContaining('https://other.local/api/sign-in/return/work') },
  ])
  const twice = [provider({ id: 'lost', name: 'Lost', issuer: 'http://127.0.0.1:9' }), provider()]
  expect(await doctor({ providers: twice, consoleUrl })).toMatchObject([
    { ok: false, sentence: 'Latchkey cannot reach Lost.' },
    { ok: true },
  ])
  await remove()
})
