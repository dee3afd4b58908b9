import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { ownAddress } from '../support/own-address.ts'
import { startOwnClock } from '../support/own-clock.ts'
import { exchangeRaw } from '../support/raw-http.ts'
import { startServe } from '../support/serve.ts'
import { until } from '../support/until.ts'
import { runHere } from './run-here.ts'
import { requestOf, type StartedApp, startApp } from './started-app.ts'

const OWN_ADDRESS = ownAddress()

let started: StartedApp | undefined

afterEach(async () => {
  await started?.stop()
  started = undefined
})

const running = () => started as StartedApp
const port = () => running().app.state().gateway.port
/** Without TLS, which test/console/lan-tls.test.ts is about. */
const letIn = (lan: 'all' | string[]) => running().call('PATCH /api/settings', { lan, lanTls: 'off' })
/** 401 where the gateway answers: nothing is keyless there. */
const statusAt = (host: string, at = port()) =>
  fetch(`http://${host}:${at}/api/tags`).then(
    (answer) => answer.status,
    () => 'closed',
  )

test('it is off unless somebody has switched it on', async () => {
  started = await startApp()
  expect(started.app.state().gateway).toMatchObject({ lan: [], lanProblem: null })
  expect(await started.call('GET /api/settings', {})).toMatchObject({ lan: [] })
  if (OWN_ADDRESS !== undefined) expect(await statusAt(OWN_ADDRESS)).toBe('closed')
})

test('this computer’s addresses are listed with their interfaces, without those that no other computer could use', async () => {
  started = await startApp()
  const addresses = await started.call('GET /api/network', {})
  expect(addresses.map(({ address }) => address)).toEqual(
    expect.not.arrayContaining(['127.0.0.1', '::1', expect.stringMatching(/^fe80:/)]),
  )
  if (OWN_ADDRESS === undefined) return
  expect(addresses).toContainEqual({ address: OWN_ADDRESS, family: 'IPv4', interface: expect.any(String) as unknown })
})

test('an address this computer does not have is said in a sentence, and nothing else suffers', async () => {
  started = await startApp()
  const settings = await started.call('PATCH /api/settings', { lan: ['203.0.113.9'] })
  expect(settings.lan).toEqual(['203.0.113.9'])
  const { gateway } = started.app.state()
  expect(gateway).toMatchObject({ status: 'running', lan: [], problem: null })
  expect(gateway.lanProblem?.message).toMatch(/203\.0\.113\.9.*\.$/)
  expect(started.events.at(-1)).toMatchObject({ type: 'state', state: { gateway: { lanProblem: gateway.lanProblem } } })
  await started.call('PATCH /api/settings', { lan: [] })
  expect(started.app.state().gateway.lanProblem).toBeNull()
})

test.each([[['127.0.0.1']], [['0.0.0.0']], [['::']], [['router']], ['everywhere'], [['192.168.1']]])(
  '%j is no address for others',
  async (lan) => {
    started = await startApp()
    const response = await started.ask(...requestOf('PATCH /api/settings', { lan }))
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('192.168.1.5') } })
  },
)

describe.runIf(OWN_ADDRESS !== undefined)('switched on while it runs', () => {
  const own = OWN_ADDRESS as string

  test('other computers reach it, by key only, and it says at which address', async () => {
    started = await startApp()
    await letIn([own])
    expect(started.app.state().gateway.lan).toEqual([`http://${own}:${port()}`])
    expect(await statusAt(own)).toBe(401)
    for (const path of ['/', '/healthz']) expect((await fetch(`http://${own}:${port()}${path}`)).status).toBe(401)
    const { secret } = await started.call('POST /api/keys', { name: 'for the tablet' })
    const headers = { Authorization: `Bearer ${secret}` }
    expect((await fetch(`http://${own}:${port()}/api/tags`, { headers })).status).toBe(200)
    expect((await fetch(`${started.gatewayUrl()}/healthz`)).status).toBe(200)
  })

  test('“all” stands for every address there is', async () => {
    started = await startApp()
    const addresses = await started.call('GET /api/network', {})
    await letIn('all')
    expect(started.app.state().gateway.lan).toHaveLength(addresses.length)
    expect(started.app.state().gateway.lan).toContain(`http://${own}:${port()}`)
    for (const url of started.app.state().gateway.lan) expect([url, (await fetch(url)).status]).toEqual([url, 401])
  })

  test('it answers under this computer’s own names and addresses only so long, and under no other', async () => {
    started = await startApp()
    const statusUnder = async (name: string) => {
      const request = `GET /healthz HTTP/1.1\r\nHost: ${name}:${port()}\r\nConnection: close\r\n\r\n`
      return (await exchangeRaw(port(), request)).slice(9, 12)
    }
    const names = [own, hostname(), `${hostname()}.local`, 'rebound.example']
    const statuses = () => Promise.all(names.map(statusUnder))
    expect(await statuses()).toEqual(['403', '403', '403', '403'])
    await letIn('all')
    expect(await statuses()).toEqual(['200', '200', '200', '403'])
    await started.call('PATCH /api/settings', { lan: [] })
    expect(await statuses()).toEqual(['403', '403', '403', '403'])
  })

  test('switching it off ends a stream to another computer within a second', async () => {
    started = await startApp({ chunkDelayMs: 200 })
    await letIn('all')
    const { secret } = await started.call('POST /api/keys', { name: 'far' })
    const answer = await fetch(`http://${own}:${port()}/api/chat`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${secret}` },
      body: '{"model":"sample-small","messages":[{"role":"user","content":"one two three"}]}',
    })
    expect(answer.status).toBe(200)
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    await started.call('PATCH /api/settings', { lan: [] })
    const clock = startOwnClock()
    await expect(readAll(reader)).rejects.toThrow()
    expect(clock()).toBeLessThan(1_000)
    expect([await statusAt(own), await statusAt('127.0.0.1')]).toEqual(['closed', 401])
    await until(() => cutOff(running()), 'the record of it')
  })

  test('a new port is taken on every address', async () => {
    started = await startApp()
    await letIn([own])
    const before = port()
    const other = await startApp()
    const free = other.app.state().gateway.port
    await other.stop()
    await started.call('PATCH /api/settings', { gatewayPort: free })
    expect(started.app.state().gateway.lan).toEqual([`http://${own}:${free}`])
    expect([await statusAt(own, free), await statusAt(own, before)]).toEqual([401, 'closed'])
  })

  test('an upstream that is the gateway by its own address is refused', async () => {
    started = await startApp()
    const response = await started.ask(
      ...requestOf('PATCH /api/settings', { lan: 'all', upstream: `https://${own}:${port()}` }),
    )
    expect(await response.json()).toMatchObject({ error: { code: 'upstream_is_gateway' } })
    expect(started.app.state().gateway.lan).toEqual([])
  })

  test('from the command line: for one run with a plain warning, never the console, and set for good beside it', async () => {
    const serve = await startServe({ args: ['--demo', '--host', '0.0.0.0'] })
    expect((await runHere(serve.dataDir, 'settings', 'set', 'lanTls', 'off')).code).toBe(0)
    expect(serve.gateway).toBe(`http://127.0.0.1:${serve.port}`)
    await until(() => serve.stderr().includes('need a key for every request'), 'the warning')
    expect(serve.stderr()).toContain(`:${serve.port}`)
    expect(await statusAt(own, serve.port)).toBe(401)
    const consolePort = Number(new URL(serve.console).port)
    await expect(fetch(`http://${own}:${consolePort}/`)).rejects.toThrow()
    expect(await settingsOnDisk(serve.dataDir)).not.toContain('all')
    expect((await runHere(serve.dataDir, 'settings', 'set', 'lan', 'off')).stdout).toBe('lan is off.\n')
    expect(await statusAt(own, serve.port)).toBe('closed')
    const again = await runHere(serve.dataDir, 'settings', 'set', 'lan', own)
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining(`http://${own}:${serve.port}`)])
    expect(await statusAt(own, serve.port)).toBe(401)
    await serve.stop()
  })
})

function cutOff({ events }: StartedApp): boolean {
  return events.some((event) => event.type === 'exchange' && event.exchange.reason === 'address_closed')
}

async function settingsOnDisk(dataDir: string): Promise<string> {
  return readFile(join(dataDir, 'settings.json'), 'utf8').catch(() => '')
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}
