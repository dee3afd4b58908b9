import { afterAll, afterEach, beforeAll, describe, expect, it, test } from 'vitest'
import type { PairingRequest } from '#shared/pairing/pairing.ts'
import { jsonHere, runHere } from '../console/run-here.ts'
import { requestOf, type StartedApp, startApp } from '../console/started-app.ts'
import { ownAddress } from '../support/own-address.ts'
import { type Serve, startServe } from '../support/serve.ts'
import { createTempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { CodeApp, choiceOf, DeviceApp, load } from './asking-app.ts'

const OWN_ADDRESS = ownAddress()
const SITE = 'https://chat.example'

let started: StartedApp

beforeAll(async () => {
  started = await startApp()
})
afterAll(() => started?.stop())

const app = (headers: Record<string, string> = {}) => new DeviceApp(started.gatewayUrl(), headers)
const open = () => started.call('GET /api/pairing', {})

/** The only open request, as a window gets it. */
async function onlyRequest(): Promise<PairingRequest> {
  const [request, another] = await open()
  if (request === undefined || another !== undefined) throw new Error('there is not exactly one request')
  return request
}

async function answer(
  route: 'approve' | 'decline',
  input: object,
): Promise<{ status: number; code?: string; so?: string }> {
  const response = await started.ask(...requestOf(`POST /api/pairing/${route}`, input))
  const body = (await response.json()) as { error?: { code: string; parts: Record<string, string> } }
  const { code, parts } = body.error ?? {}
  return { status: response.status, ...(code && { code }), ...(parts?.['so'] && { so: parts['so'] }) }
}

describe('two windows', () => {
  it('that approve at once: one wins, and the other learns it', async () => {
    const asking = app()
    await asking.ask()
    const approval = { ...choiceOf(await onlyRequest()), preset: 'models' }
    const answers = await Promise.all([answer('approve', approval), answer('approve', approval)])
    expect(answers.map(({ status }) => status).sort((one, other) => one - other)).toEqual([200, 409])
    expect(answers.find(({ status }) => status === 409)).toMatchObject({ code: 'pairing_answered', so: 'approved' })
    expect((await asking.poll()).status).toBe(200)
  })

  it('of which one declines: the other cannot approve any more', async () => {
    const asking = app({ origin: SITE })
    await asking.ask()
    const choice = choiceOf(await onlyRequest())
    expect(await answer('decline', choice)).toEqual({ status: 200 })
    const late = await answer('approve', { ...choice, preset: 'all' })
    expect(late).toEqual({ status: 409, code: 'pairing_answered', so: 'declined' })
    expect((await asking.poll()).status).toBe(400)
  })

  it('cannot answer with the code of another request, or one that is not there', async () => {
    await app({ origin: 'https://another.example' }).ask()
    const { id, code } = await onlyRequest()
    const wrong = code === '00-00' ? '11-11' : '00-00'
    expect(await answer('approve', { id, code: wrong, preset: 'all' })).toMatchObject({ code: 'pairing_code_wrong' })
    expect(await answer('approve', { id: 'nobody', code, preset: 'all' })).toMatchObject({ so: 'over' })
    expect(await answer('approve', { id, code, preset: 'manage' })).toMatchObject({ status: 400 })
    expect(await answer('approve', { id, code, preset: 'all', name: 'in\u202evisible' })).toMatchObject({
      code: 'text_unseen',
    })
    expect(await open()).toHaveLength(1)
    expect(await answer('decline', { id, code })).toEqual({ status: 200 })
  })
})

it('the person’s name and preset are those of the key, and the site is no stranger any more', async () => {
  await started.call('PATCH /api/settings', { unknownOrigins: 'ask' })
  const asking = app({ origin: 'https://named.example' })
  await asking.ask()
  expect(started.app.state().pendingPairings).toBe(1)
  const choice = choiceOf(await onlyRequest())
  await started.call('POST /api/pairing/approve', { ...choice, preset: 'chat', name: 'My own name' })
  expect(started.app.state().pendingPairings).toBe(0)
  const { body } = await asking.poll()
  expect(body['scope']).toBe('chat')
  const [key] = (await started.call('GET /api/keys', {})).filter(({ name }) => name === 'My own name')
  expect(key).toMatchObject({ scopes: ['chat'], origins: ['https://named.example'] })
  const chat = await fetch(`${started.gatewayUrl()}/api/chat`, {
    method: 'POST',
    headers: { origin: 'https://named.example', 'x-api-key': String(body['access_token']) },
    body: '{"model":"sample-small","stream":false,"messages":[]}',
  })
  expect(chat.status).toBe(200)
  await started.call('PATCH /api/settings', { unknownOrigins: 'key' })
})

it('a well-known extension is shown by its name, and blocking it ends its request', async () => {
  const origin = 'chrome-extension://jfgfiigpkhlkbnfnbobbkinehhfdhndo'
  await app({ origin }).ask({ client_name: 'Something else' })
  expect(await onlyRequest()).toMatchObject({ name: 'Page Assist', asker: { origin, originName: 'Page Assist' } })
  await started.call('POST /api/origins/decide', { origin, status: 'blocked' })
  expect(await open()).toEqual([])
  const page = new CodeApp(started.gatewayUrl(), { redirectUri: `https://${origin.slice(19)}.chromiumapp.org/` })
  expect((await load(page.address())).status).toBe(403)
  expect(await open()).toEqual([])
})

it.each(['localhost', '127.0.0.1', '[::1]'])(
  'the metadata names the address by which it was asked: %s',
  async (host) => {
    const issuer = `http://${host}:${started.app.state().gateway.port}`
    const answer = await fetch(`${issuer}/.well-known/oauth-authorization-server`)
    expect(await answer.json()).toMatchObject({
      issuer,
      device_authorization_endpoint: `${issuer}/latchkey/device_authorization`,
      code_challenge_methods_supported: ['S256'],
    })
    const shown = await load(new URL(`${issuer}/latchkey/device`), { 'accept-language': 'fr-CH, en' })
    expect([shown.status, shown.text]).toEqual([200, expect.stringContaining('Comparez le code dans Latchkey')])
  },
)

it('switched off, the routes are not there, and nothing waits', async () => {
  await app({ origin: 'https://off.example' }).ask()
  expect(await open()).toHaveLength(1)
  await started.call('PATCH /api/settings', { pairing: false })
  expect(await open()).toEqual([])
  const refused = await app({ origin: 'https://off.example' }).ask()
  expect(refused.headers.get('latchkey-refusal')).toBe('key_missing')
  const about = async () => (await (await fetch(`${started.gatewayUrl()}/.well-known/latchkey`)).json()) as object
  expect(await about()).toMatchObject({ name: 'Latchkey', version: '1.2.3', pairing: null })
  await started.call('PATCH /api/settings', { pairing: true })
  expect(await about()).toMatchObject({ pairing: { token: `${started.gatewayUrl()}/latchkey/token` } })
})

describe.runIf(OWN_ADDRESS !== undefined)('another computer', () => {
  const own = OWN_ADDRESS as string
  afterEach(() => started.call('PATCH /api/settings', { lan: [], lanTls: 'authority' }))

  it('cannot ask without TLS, whatever it may else', async () => {
    await started.call('PATCH /api/settings', { lan: [own], lanTls: 'off' })
    const before = (await open()).length
    const url = `http://${own}:${started.app.state().gateway.port}`
    const asked = await new DeviceApp(url).ask()
    expect([asked.status, asked.headers.get('latchkey-refusal')]).toEqual([401, 'key_missing'])
    for (const path of ['/.well-known/latchkey', '/.well-known/oauth-authorization-server', '/latchkey/device'])
      expect((await fetch(url + path)).status, path).toBe(401)
    expect(await open()).toHaveLength(before)
  })
})

describe('the command line', () => {
  let serve: Serve
  beforeAll(async () => {
    serve = await startServe()
  })
  afterAll(() => serve?.stop())

  it('lists who waits, approves by the code, and declines', async () => {
    expect((await runHere(serve.dataDir, 'pair', 'list')).stdout).toBe('No app is waiting for a key.\n')
    const asking = new DeviceApp(serve.gateway, { clientId: 'A script', 'user-agent': 'script/1.0' })
    const { body } = await asking.ask()
    const code = String(body['user_code'])
    expect((await runHere(serve.dataDir, 'pair', 'list')).stdout).toMatch(
      // A busy computer may not name the program in time.
      new RegExp(`${code} +A script +(${thisProgram()}|a program, “script”) +\\d+ s\n$`),
    )
    expect(await runHere(serve.dataDir, 'pair', 'approve', '12 34 5')).toMatchObject({
      code: 1,
      stderr: 'No app waits with this code. See the open requests with: latchkey pair list\n',
    })
    expect((await runHere(serve.dataDir, 'pair', 'approve', code.replace('-', ' '), '--preset', 'chat')).stdout).toBe(
      '“A script” can now fetch its key.\n',
    )
    expect((await asking.poll()).body['scope']).toBe('chat')
    await asking.ask()
    const [request] = await jsonHere<PairingRequest[]>(serve.dataDir, 'pair', 'list')
    expect((await runHere(serve.dataDir, 'pair', 'decline', request?.code ?? '')).stdout).toBe(
      '“A script” gets no key.\n',
    )
    expect(await jsonHere(serve.dataDir, 'pair', 'list')).toEqual([])
  })
})

test('a core that is killed and started again ends what was open or approved, and makes no key of it', async () => {
  const dir = await createTempDir()
  let serve = await startServe({ dataDir: dir.path })
  const device = new DeviceApp(serve.gateway)
  await device.ask()
  const page = new CodeApp(serve.gateway)
  await load(page.address())
  for (const { id, code, asker } of await serve.call('GET /api/pairing', {}))
    if (asker.returnsTo !== null) await serve.call('POST /api/pairing/approve', { id, code, preset: 'models' })
  const code = await page.code()
  expect(code).toMatch(/^[\w-]{43}$/)
  serve.process.kill('SIGKILL')
  await until(() => serve.process.signalCode !== null, 'the core to be killed')
  serve = await startServe({ dataDir: dir.path })
  const again = new DeviceApp(serve.gateway)
  expect((await again.poll(device.deviceCode)).body['error']).toBe('expired_token')
  const form = { grant_type: 'authorization_code', code, code_verifier: page.verifier, redirect_uri: page.redirectUri }
  expect((await again.post('/latchkey/token', form)).body['error']).toBe('invalid_grant')
  expect(await serve.call('GET /api/keys', {})).toEqual([])
  expect(await serve.call('GET /api/pairing', {})).toEqual([])
  await serve.stop()
  await dir.remove()
})

/** How the system names the program that asks, which is this test. Where it is known for sure. */
function thisProgram(): string {
  return process.platform === 'linux' ? process.execPath.replace(/[.+]/g, '\\$&') : '.+'
}
