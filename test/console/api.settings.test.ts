import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { exchangeRaw } from '../support/raw-http.ts'
import { until } from '../support/until.ts'
import { requestOf, type StartedApp, startApp } from './started-app.ts'

let started: StartedApp

afterEach(() => started.stop())

const onDisk = async (): Promise<unknown> => JSON.parse(await readFile(join(started.dataDir, 'settings.json'), 'utf8'))
const patch = (input: object) => started.ask(...requestOf('PATCH /api/settings', input))
const isUp = async (url: string) => (await fetch(url).catch(() => undefined))?.status === 200

async function takePort() {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, free: () => new Promise((resolve) => server.close(resolve)) }
}

async function freePort() {
  const { port, free } = await takePort()
  await free()
  return port
}

test('a change is in the answer, in the file and in an event, and leaves what it does not name alone', async () => {
  started = await startApp({ settings: '{"unknownOrigins":"block","retentionDays":7}' })
  const changed = await started.call('PATCH /api/settings', { theme: 'dark' })
  expect(changed).toMatchObject({ theme: 'dark', unknownOrigins: 'block', retentionDays: 7 })
  expect(await started.call('GET /api/settings', {})).toEqual(changed)
  expect(await onDisk()).toMatchObject({ theme: 'dark', unknownOrigins: 'block', retentionDays: 7 })
  expect(started.events.filter((event) => event.type === 'settings')).toHaveLength(1)
})

test('a patch that changes nothing writes nothing and tells nobody', async () => {
  started = await startApp({ settings: '{"theme":"dark"}' })
  await started.call('PATCH /api/settings', { theme: 'dark', retentionDays: 30 })
  expect(await onDisk()).toEqual({ theme: 'dark' })
  expect(started.events).not.toContainEqual({ type: 'settings' })
})

test.each([
  [{ theme: 'pink' }, '“theme” must be one of auto, light, dark.'],
  [{ retentionDays: 0 }, '“retentionDays” must be at least 1.'],
  [{ gatewayPort: '80' }, '“gatewayPort” must be a number.'],
  [{ volume: 11 }, 'Latchkey does not know the field “volume”.'],
  [{ upstream: 'ftp://x' }, 'The address of Ollama looks like http://127.0.0.1:11434.'],
])('%j is refused with a sentence', async (input, message) => {
  started = await startApp()
  const response = await patch(input)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { code: expect.stringMatching(/_/) as unknown, message } })
})

test('an upstream that no URL parser takes is refused, and the old one stays', async () => {
  started = await startApp()
  const response = await patch({ upstream: 'http://127.0.0.1:99999' })
  expect(response.status).toBe(409)
  expect(await response.json()).toMatchObject({ error: { code: 'upstream_invalid' } })
  expect(started.app.state().upstream.url).toBe(started.upstream.url)
})

test('a new port is taken at once, without a restart, and the old one is free', async () => {
  started = await startApp()
  const before = started.gatewayUrl()
  const port = await freePort()
  await started.call('PATCH /api/settings', { gatewayPort: port })
  expect(started.app.state().gateway).toMatchObject({ status: 'running', port, address: `http://localhost:${port}` })
  expect(started.events.at(-1)).toMatchObject({ type: 'state', state: { gateway: { port } } })
  expect([await isUp(`http://127.0.0.1:${port}/healthz`), await isUp(`${before}/healthz`)]).toEqual([true, false])
  expect(await onDisk()).toMatchObject({ gatewayPort: port })
})

test('a port that is taken is refused whole: gateway, settings and file stay as they were', async () => {
  started = await startApp({ settings: '{"gatewayPort":0}', overrides: {} })
  const { port, free } = await takePort()
  const before = started.gatewayUrl()
  const response = await patch({ gatewayPort: port, theme: 'dark' })
  await free()
  expect(response.status).toBe(409)
  expect(await response.json()).toMatchObject({
    error: { code: 'port_taken', message: expect.stringMatching(/\.$/) as unknown },
  })
  expect(await isUp(`${before}/healthz`)).toBe(true)
  expect(await started.call('GET /api/settings', {})).toMatchObject({ gatewayPort: 0, theme: 'auto' })
  expect(await onDisk()).toMatchObject({ gatewayPort: 0, theme: 'auto' })
})

test('changes made at the same time come one after the other, and both stay', async () => {
  started = await startApp()
  await Promise.all([patch({ theme: 'dark' }), patch({ retentionDays: 3 }), patch({ unknownOrigins: 'ask' })])
  expect(await onDisk()).toMatchObject({ theme: 'dark', retentionDays: 3, unknownOrigins: 'ask' })
})

test('a setting from the command line applies to this run and is not written', async () => {
  started = await startApp({ settings: '{"upstream":"http://127.0.0.1:9","gatewayPort":9}' })
  expect(await started.call('GET /api/settings', {})).toMatchObject({ upstream: started.upstream.url, gatewayPort: 0 })
  await started.call('PATCH /api/settings', { theme: 'dark', upstream: started.upstream.url })
  expect(await onDisk()).toMatchObject({ upstream: 'http://127.0.0.1:9', gatewayPort: 9, theme: 'dark' })
})

test('a new upstream is used and looked at, at once, also when the command line had set another', async () => {
  started = await startApp({ overrides: { upstream: 'http://127.0.0.1:9' } })
  await until(() => started.app.state().upstream.problem, 'the first look')
  await started.call('PATCH /api/settings', { upstream: `${started.upstream.url}/` })
  await until(() => started.app.state().upstream.reachable, 'the look at the new upstream')
  expect(started.app.state().upstream).toMatchObject({ url: started.upstream.url, problem: null })
  expect(await onDisk()).toMatchObject({ upstream: `${started.upstream.url}/` })
})

test('an upstream that is the gateway itself is refused: its requests would never end', async () => {
  started = await startApp()
  const { port } = started.app.state().gateway
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0']) {
    const response = await patch({ upstream: `http://${host}:${port}` })
    expect(response.status).toBe(409)
    expect(await response.json()).toMatchObject({ error: { code: 'upstream_is_gateway' } })
  }
  expect(started.app.state().upstream.url).toBe(started.upstream.url)
})

test('a pause with an end is over by itself, and both are told', async () => {
  started = await startApp()
  const { secret } = await started.call('POST /api/keys', { name: 'paused' })
  const status = async () =>
    (await fetch(`${started.gatewayUrl()}/api/tags`, { headers: { Authorization: `Bearer ${secret}` } })).status
  await started.call('PATCH /api/settings', { paused: true })
  expect(started.app.state().gateway.status).toBe('paused')
  expect(await status()).toBe(503)
  await started.call('PATCH /api/settings', { paused: Date.now() + 60 })
  await until(() => started.app.state().gateway.status === 'running', 'the end of the pause')
  const isToldRunning = () => {
    const last = started.events.findLast((event) => event.type === 'state')
    return last?.state.gateway.status === 'running'
  }
  await until(isToldRunning, 'the event')
  expect(await status()).toBe(200)
})

test('more host names are answered under as soon as they are set', async () => {
  started = await startApp()
  const { port } = started.app.state().gateway
  const ask = () => exchangeRaw(port, `GET /healthz HTTP/1.1\r\nHost: ollama.home:${port}\r\nConnection: close\r\n\r\n`)
  expect(await ask()).toMatch(/^HTTP\/1\.1 403 /)
  await started.call('PATCH /api/settings', { extraHosts: ['Ollama.home'] })
  expect(await ask()).toMatch(/^HTTP\/1\.1 200 /)
})
