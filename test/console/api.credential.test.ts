import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { isPrivateFile } from '../support/private-file.ts'
import { until } from '../support/until.ts'
import { type StartedApp, type StartOptions, startApp } from './started-app.ts'

const CREDENTIAL = 'upstream-pass.word_1=='

let upstream: Server
let asked: IncomingHttpHeaders[]
let started: StartedApp
beforeEach(async () => {
  asked = []
  upstream = createServer((request, response) => {
    asked.push(request.headers)
    response.setHeader('Content-Type', 'application/json')
    response.end('{"models":[],"version":"0.30.0"}')
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await started.stop()
  upstream.close()
})

const start = async (options: StartOptions = {}) => {
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
  started = await startApp({ ...options, overrides: { upstream: url } })
}

/** The Authorization that the upstream gets with a request that has a key. */
async function authorizationAtUpstream(): Promise<string | undefined> {
  const { secret } = await started.call('POST /api/keys', { name: 'test' })
  await fetch(`${started.gatewayUrl()}/api/tags`, { headers: { Authorization: `Bearer ${secret}` } })
  return asked.at(-1)?.authorization
}

test('the upstream gets the set credential from the next request on, instead of the client’s key', async () => {
  await start()
  expect(await authorizationAtUpstream()).toBeUndefined()
  await started.call('PUT /api/upstream/credential', { credential: CREDENTIAL })
  expect(await authorizationAtUpstream()).toBe(`Bearer ${CREDENTIAL}`)
  await started.call('PUT /api/upstream/credential', { credential: null })
  expect(await authorizationAtUpstream()).toBeUndefined()
})

test('the API reports only whether it is set, and it is stored in one private file', async () => {
  await start()
  expect(await started.call('GET /api/upstream/credential', {})).toEqual({ source: 'none', problem: null })
  await started.call('PUT /api/upstream/credential', { credential: CREDENTIAL })
  for (const path of ['/api/upstream/credential', '/api/settings', '/api/state', '/api/diagnostics']) {
    expect(await (await started.ask(path)).text()).not.toContain(CREDENTIAL)
  }
  expect(await started.call('GET /api/upstream/credential', {})).toEqual({ source: 'vault', problem: null })
  expect(isPrivateFile(join(started.dataDir, 'upstream-key'))).toBe(true)
  expect(started.log()).not.toContain(CREDENTIAL)
})

test('the upstream is looked at again with it', async () => {
  await start()
  await started.call('PUT /api/upstream/credential', { credential: CREDENTIAL })
  await until(() => asked.some((headers) => headers.authorization === `Bearer ${CREDENTIAL}`), 'another look')
})

test('it is not sent to another address that somebody sets later, and says so', async () => {
  await start()
  await started.call('PUT /api/upstream/credential', { credential: CREDENTIAL })
  const told: IncomingHttpHeaders[] = []
  const thief = createServer((request, response) => {
    told.push(request.headers)
    response.end('{"models":[]}')
  })
  onTestFinished(() => void thief.close())
  await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve))
  const upstreamUrl = `http://127.0.0.1:${(thief.address() as AddressInfo).port}`
  await started.call('PATCH /api/settings', { upstream: upstreamUrl })
  await authorizationAtUpstream()
  expect(told.length).toBeGreaterThan(0)
  expect(told.filter((headers) => headers.authorization !== undefined)).toEqual([])
  const status = await started.call('GET /api/upstream/credential', {})
  expect(status.source).toBe('vault')
  expect(status.problem?.message).toContain('Set it again')
})

test('a damaged file is reported, and its content is never sent', async () => {
  await start({ files: { 'upstream-key': 'not JSON' } })
  expect(await authorizationAtUpstream()).toBeUndefined()
  const { source, problem } = await started.call('GET /api/upstream/credential', {})
  expect({ source, problem }).toEqual({
    source: 'none',
    problem: expect.objectContaining({ code: 'credential_unreadable' }),
  })
})

test('the one of the environment wins, and cannot be changed from a page', async () => {
  await start({ env: { LATCHKEY_UPSTREAM_KEY: 'from-environment' } })
  expect(await authorizationAtUpstream()).toBe('Bearer from-environment')
  expect(await started.call('GET /api/upstream/credential', {})).toEqual({ source: 'environment', problem: null })
  const init = { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: '{"credential":"x"}' }
  const answer = await started.ask('/api/upstream/credential', init)
  expect(answer.status).toBe(409)
  expect(await answer.text()).toContain('LATCHKEY_UPSTREAM_KEY')
})

const BASIC = `Basic ${Buffer.from('user:pass wörd').toString('base64')}`
test.each([
  ['user:pass wörd', BASIC],
  [' Basic user:pass wörd ', BASIC],
  [BASIC, BASIC],
  [BASIC.replace('Basic', 'basic '), BASIC],
  ['Bearer abc', 'Bearer abc'],
  ['bearer a:b', 'Bearer a:b'],
])('%j is sent as %j, from a page and from the environment', async (credential, sent) => {
  await start()
  await started.call('PUT /api/upstream/credential', { credential })
  expect(await authorizationAtUpstream()).toBe(sent)
  await started.stop()
  await start({ env: { LATCHKEY_UPSTREAM_KEY: credential } })
  expect(await authorizationAtUpstream()).toBe(sent)
})

test('a credential from the environment that could break the header is reported and never sent', async () => {
  await start({ env: { LATCHKEY_UPSTREAM_KEY: 'a\r\nX-Evil: 1' } })
  expect(await authorizationAtUpstream()).toBeUndefined()
  expect(asked.at(-1)).not.toHaveProperty('x-evil')
  expect(await started.call('GET /api/upstream/credential', {})).toMatchObject({
    source: 'environment',
    problem: { code: 'upstream_key_wrong' },
  })
})

test.each(['a b', 'a\r\nX-Evil: 1', 'a:b\r\nX-Evil: 1', 'user:a\0b', 'Basic a b', 'Bearer a b', '', 'ä'])(
  '%j is no credential: it could break the header',
  async (credential) => {
    await start()
    const init = {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ credential }),
    }
    expect((await started.ask('/api/upstream/credential', init)).status).toBe(400)
  },
)

test('diagnostics hide the folders and the sites that the log names', async () => {
  await start({ logTail: 'refused https://chat.example/room\n' })
  const { text } = await started.call('GET /api/diagnostics', {})
  expect(text).toContain('refused https://(hidden)')
  expect(text).not.toContain(started.dataDir)
})
