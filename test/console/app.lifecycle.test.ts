import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { PersonError } from '#shared/text/person-error.ts'
import { createApp } from '../../src-main/app/create-app.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { hostOn, type StartedApp, startApp } from './started-app.ts'

let dir: TempDir | undefined
let started: StartedApp | undefined

afterEach(async () => {
  await started?.stop()
  await dir?.remove()
  started = undefined
  dir = undefined
})

async function dataDirWith(settings: string) {
  dir = await createTempDir()
  await writeFile(join(dir.path, 'settings.json'), settings)
  return dir.path
}

const codeOf = (error: unknown) => (error instanceof PersonError ? error.code : error)

test('the second app on a data directory says so and ends; after the first has stopped, it may', async () => {
  started = await startApp()
  const again = () => createApp(hostOn((started as StartedApp).dataDir, '/nowhere'))
  await expect(again()).rejects.toMatchObject({
    code: 'already_running',
    message: expect.stringContaining(started.dataDir) as unknown,
  })
  await started.app.stop(0)
  const second = await again()
  await second.stop(0)
})

test.each([
  ['{"unknownOrigins":"block"', 'cannot read the settings'],
  ['[]', 'cannot read the settings'],
  ['{"unknownOrigins":"blok"}', '“unknownOrigins” must be one of key, ask, block'],
  ['{"upstream":"http://127.0.0.1:99999"}', 'http://127.0.0.1:11434'],
])(
  'settings of %s are never taken for defaults: nothing starts, and the sentence names the file',
  async (content, detail) => {
    const path = await dataDirWith(content)
    const failure = await createApp(hostOn(path, '/nowhere')).catch((error: unknown) => error)
    expect(codeOf(failure)).toBe('settings_damaged')
    const { message } = failure as PersonError
    expect(message).toContain(join(path, 'settings.json'))
    expect(message).toContain(detail)
    expect(message).toContain('delete it')
    expect(await readFile(join(path, 'settings.json'), 'utf8')).toBe(content)
    // No store either: an empty database would look as if the keys had been lost.
    expect(await readdir(path)).toEqual(['settings.json'])
    await writeFile(join(path, 'settings.json'), '{}')
    const app = await createApp(hostOn(path, '/nowhere'))
    await app.stop(0)
  },
)

test('a key and a decision are there after a restart', async () => {
  dir = await createTempDir()
  const host = hostOn(dir.path, '/nowhere', { overrides: { gatewayPort: 0 } })
  const first = await createApp(host)
  const { id } = await first.core.keys.create({ ...NO_LIMITS, name: 'kept' })
  await first.core.origins.decide('https://example.org', 'blocked')
  await first.stop(0)
  const second = await createApp(host)
  expect(await second.core.keys.list()).toMatchObject([{ id, name: 'kept' }])
  expect(await second.core.origins.list()).toMatchObject([{ origin: 'https://example.org', status: 'blocked' }])
  await second.stop(0)
})

const NO_LIMITS = {
  scopes: ['chat' as const],
  endpoints: null,
  models: null,
  origins: null,
  expiresAt: null,
  requestsPerMinute: null,
  tokensPerDay: null,
  concurrency: null,
  allowInUrl: false,
  online: false,
  app: null,
  person: 'person_owner',
}

test('a port that is taken at the start is in the state, and another port mends it', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  started = await startApp({ overrides: { gatewayPort: port } })
  expect(started.app.state().gateway).toMatchObject({
    status: 'stopped',
    port,
    problem: { message: expect.stringMatching(/\.$/) as unknown },
  })
  await started.call('PATCH /api/settings', { gatewayPort: 0 })
  expect(started.app.state().gateway).toMatchObject({ status: 'running', problem: null })
  await new Promise((resolve) => other.close(resolve))
})

test('a port that was taken is tried again with the next change of a setting', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  started = await startApp({ overrides: { gatewayPort: port } })
  await started.call('PATCH /api/settings', { theme: 'dark' })
  expect(started.app.state().gateway.status).toBe('stopped')
  await new Promise((resolve) => other.close(resolve))
  await started.call('PATCH /api/settings', { theme: 'light' })
  expect(started.app.state().gateway).toMatchObject({ status: 'running', port, problem: null })
})

test('a gateway on its own upstream’s port does not open, and says what to do', async () => {
  started = await startApp({ overrides: { gatewayPort: 11_434, upstream: 'http://localhost:11434' } })
  const { status, problem } = started.app.state().gateway
  expect([status, problem?.message]).toEqual(['stopped', expect.stringContaining('Latchkey’s own address') as unknown])
})

test('OLLAMA_HOST says where Ollama is; one that points at the gateway is for Ollama’s clients, and not followed', async () => {
  dir = await createTempDir()
  const upstreamWith = async (OLLAMA_HOST: string) => {
    const app = await createApp(hostOn((dir as TempDir).path, '/nowhere', { env: { OLLAMA_HOST } }))
    await app.stop(0)
    return app.state().upstream.url
  }
  expect(await upstreamWith('0.0.0.0:9999')).toBe('http://127.0.0.1:9999')
  expect(await upstreamWith('http://localhost:11500')).toBe('http://127.0.0.1:11434')
})

test('stopping ends the streams in flight, records them, writes everything, and may be asked twice', async () => {
  started = await startApp()
  const { app } = started
  const hanging = createServer((_, response) => response.writeHead(200).write('{"message":{}}\n'))
  await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve))
  await started.call('PATCH /api/settings', { upstream: `http://127.0.0.1:${(hanging.address() as AddressInfo).port}` })
  const { secret } = await started.call('POST /api/keys', { name: 'cut' })
  const response = await fetch(`${started.gatewayUrl()}/api/chat`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secret}` },
    body: '{"model":"m"}',
  })
  const reader = response.body?.getReader()
  await reader?.read()
  await Promise.all([app.stop(0), app.stop(0)])
  await expect(reader?.read()).rejects.toThrow()
  hanging.closeAllConnections()
  hanging.close()

  expect(app.state().gateway.status).toBe('stopped')
  expect(started.events.at(-1)).toMatchObject({ type: 'state', state: { gateway: { status: 'stopped' } } })
  const again = await createApp(hostOn(started.dataDir, '/nowhere'))
  expect(await again.core.exchanges({ limit: 1 })).toMatchObject([{ route: '/api/chat', outcome: 'cut_off' }])
  await again.stop(0)
})

test('the upstream that goes away is noticed by the exchange that fails, and its return by the one that does not', async () => {
  started = await startApp()
  const { app } = started
  const { secret } = await started.call('POST /api/keys', { name: 'watcher' })
  await until(() => app.state().upstream.reachable, 'the first look')
  let isUp = false
  const upstream = createServer((request, response) => {
    if (!isUp) return void request.socket.destroy()
    response.end('{"version":"0.13.0","models":[{"name":"llama3:latest"}]}')
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
  const request = () =>
    fetch(`${(started as StartedApp).gatewayUrl()}/api/ps`, { headers: { Authorization: `Bearer ${secret}` } })

  isUp = true
  await started.call('PATCH /api/settings', { upstream: url })
  await until(() => app.state().upstream.reachable, 'the look at the new one')
  expect(app.state().upstream).toMatchObject({ version: '0.13.0', models: ['llama3:latest'], sample: false })
  isUp = false
  expect((await request()).status).toBe(502)
  await until(() => !app.state().upstream.reachable, 'the failure to be noticed')
  expect(app.state().upstream.problem?.message).toBe(`Ollama is not running at ${url}. Start Ollama, then try again.`)
  isUp = true
  expect((await request()).status).toBe(200)
  await until(() => app.state().upstream.reachable, 'the return to be noticed')
  upstream.closeAllConnections()
  upstream.close()
})

test('something that is not Ollama is told apart from nothing', async () => {
  const other = createServer((_, response) => response.writeHead(404).end('<h1>printer</h1>'))
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
  started = await startApp({ overrides: { upstream: url } })
  const state = await started.call('POST /api/upstream/check', {})
  expect(state).toMatchObject({
    reachable: true,
    version: null,
    models: [],
    problem: { message: expect.stringContaining('not Ollama') as unknown },
  })
  other.closeAllConnections()
  other.close()
})
