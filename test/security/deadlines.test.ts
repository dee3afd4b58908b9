import { afterEach, describe, expect, it } from 'vitest'
import type { NewKeyInput } from '#shared/keys/key.ts'
import { MOST_KEYLESS } from '../../src-main/gateway/client/client-connections.ts'
import { CLIENT_TIMEOUTS } from '../../src-main/gateway/client/client-deadlines.ts'
import { startGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.ts'
import { openRaw, type RawConnection } from '../support/raw-http.ts'
import { startRawUpstream } from '../support/raw-upstream.ts'
import { until } from '../support/until.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** Short, but long enough that a loaded machine cannot be taken for a client that says nothing. */
const SHORT = { head: 600, idle: 600, keyless: 600, leftover: 600, body: 600 }
const DRIP_MS = 100
/** Far longer than any of them, and far shorter than what they are without the setting. */
const WITHIN_MS = 9_000

async function start(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const gateway = await startGateway({ timeouts: SHORT, ...options })
  closers.push(() => gateway.close())
  return gateway
}

/** Sends a byte now and then, for as long as the connection is open. */
async function drip(gateway: TestGateway, bytes: string, dripped = 'a'): Promise<RawConnection> {
  const connection = await openRaw(gateway.port)
  closers.push(() => connection.close())
  connection.send(bytes)
  const timer = setInterval(() => !connection.socket.destroyed && connection.send(dripped), DRIP_MS)
  connection.socket.on('close', () => clearInterval(timer))
  return connection
}

/** All that came until the gateway closed the connection. */
async function untilClosed(connection: RawConnection): Promise<string> {
  const text = await connection.readToEnd(WITHIN_MS)
  await until(() => connection.socket.destroyed, 'the connection to be closed')
  return text
}

const ANNOUNCED = [
  'Content-Length: 60000',
  'Content-Length: 99999999',
  'Transfer-Encoding: chunked',
  'Content-Length: 60000\r\nExpect: 100-continue',
  'Transfer-Encoding: chunked\r\nExpect: 100-continue',
]
const firstOf = (header: string) => (header.includes('chunked') ? 'FFFF\r\n' : '')
const KEYLESS = [
  ['a preflight', 'OPTIONS /api/chat', 204],
  ['the root', 'GET /', 200],
  ['the health', 'GET /healthz', 200],
  ['a chat', 'POST /api/chat', 401],
  ['a list', 'GET /api/tags', 401],
  ['the key’s own route', 'GET /latchkey/key', 401],
  ['the metrics', 'GET /metrics', 401],
  ['a path that is refused', 'POST //api', 400],
  ['a method that is refused', 'PURGE /', 405],
] as const

describe('a body that drips behind an answer', () => {
  it.each(KEYLESS)('to %s without a key holds its connection only for a while', async (_what, line, status) => {
    const gateway = await start()
    const closed = ANNOUNCED.map(async (header) => {
      const connection = await drip(
        gateway,
        `${line} HTTP/1.1\r\nHost: localhost\r\n${header}\r\n\r\n${firstOf(header)}`,
      )
      return [header, await untilClosed(connection)] as const
    })
    for (const [header, text] of await Promise.all(closed))
      expect(text, header).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    await until(() => gateway.gateway.running === 0, 'every exchange to end')
  })

  const REFUSED: readonly (readonly [string, string, Partial<NewKeyInput>, number])[] = [
    ['whose key may not do this', 'POST /api/pull', {}, 403],
    ['whose key has used up its requests', 'POST /api/show', { requestsPerMinute: 1 }, 429],
    ['to an own route', 'GET /latchkey/key', {}, 200],
    ['whose key stands in the address', 'POST /k/SECRET/api/chat', {}, 401],
  ]
  it.each(REFUSED)('to a request %s does so too', async (_who, line, key, status) => {
    const gateway = await start()
    const { secret } = await gateway.createKey(key)
    if (status === 429) await fetch(`${gateway.url}/api/tags`, { headers: { 'x-api-key': secret } })
    const carried = line.includes('SECRET') ? '' : `x-api-key: ${secret}\r\n`
    const closed = ANNOUNCED.map(async (header) => {
      const head = `${line.replace('SECRET', secret)} HTTP/1.1\r\nHost: localhost\r\n${carried}${header}\r\n\r\n`
      return [header, await untilClosed(await drip(gateway, head + firstOf(header)))] as const
    })
    for (const [header, text] of await Promise.all(closed))
      expect(text, header).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    await until(() => gateway.gateway.running === 0, 'every exchange to end')
  })

  it('of the upstream that did not wait for it does so too', async () => {
    const upstream = await startRawUpstream((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'))
    closers.push(() => upstream.close())
    const gateway = await start({ upstream: upstream.url })
    const { secret } = await gateway.createKey({ online: true })
    const connection = await drip(
      gateway,
      `POST /api/show HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\nContent-Length: 60000\r\n\r\n{`,
    )
    expect(await connection.readToEnd(WITHIN_MS)).toMatch(/^HTTP\/1\.1 200 /)
    await until(() => gateway.gateway.running === 0, 'the exchange to end')
  })
})

describe('a connection that has presented no key', () => {
  it.each([
    ['says nothing', '', ''],
    ['says only line ends', '\r\n', '\r\n'],
    ['begins a request and drips', 'GET / HTTP/1.1\r\nX-Slow: ', 'a'],
    ['begins a request and stops', 'GET / HTTP/1.1\r\nHost: ', ''],
    ['asks once and then says nothing', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', ''],
    ['asks once and then says only line ends', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', '\r\n'],
    ['asks once and then drips a head', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\nX: ', 'a'],
    ['asks once and stops in its next head', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HT', ''],
    ['begins a tunnel', 'CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n', 'a'],
  ])('is closed when it %s', async (_what, bytes, dripped) => {
    const gateway = await start()
    await untilClosed(await drip(gateway, bytes, dripped))
    await until(() => gateway.gateway.running === 0, 'every exchange to end')
  })

  it('learns its idle time from every answer that leaves it open', async () => {
    const gateway = await start()
    const keyless = await fetch(`${gateway.url}/healthz`)
    expect(keyless.headers.get('keep-alive')).toBe(`timeout=${CLIENT_TIMEOUTS.head / 1000}`)
    const { secret } = await gateway.createKey()
    const keyed = await fetch(`${gateway.url}/api/tags`, { headers: { 'x-api-key': secret } })
    expect(keyed.headers.get('keep-alive')).toBe(`timeout=${CLIENT_TIMEOUTS.idle / 1000}`)
  })

  it.each(['GET /healthz', 'OPTIONS /', 'POST /api/chat'])(
    'is closed when it asks %s without end and reads no answer',
    async (line) => {
      const gateway = await start()
      const connection = await openRaw(gateway.port)
      closers.push(() => connection.close())
      connection.socket.pause()
      const request =
        `${line} HTTP/1.1\r\nHost: localhost\r\nOrigin: https://${'a'.repeat(200)}.example\r\n\r\n`.repeat(200)
      const pour = () => {
        while (!connection.socket.destroyed && connection.socket.write(request)) {}
        connection.socket.once('drain', pour)
      }
      pour()
      await until(() => gateway.gateway.running > 0, 'requests to arrive')
      await until(() => gateway.gateway.running === 0, 'the connection to be closed')
    },
  )

  it('gives way to others when there are too many, and none with a key does', async () => {
    const gateway = await startGateway()
    closers.push(() => gateway.close())
    const { secret } = await gateway.createKey()
    const withKey = await openRaw(gateway.port)
    closers.push(() => withKey.close())
    const ask = `GET /api/tags HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\n\r\n`
    withKey.send(ask)
    expect((await withKey.readResponse()).status).toBe(200)
    const strangers: RawConnection[] = []
    closers.push(() => strangers.forEach((one) => one.close()))
    while (strangers.length < MOST_KEYLESS + 50)
      strangers.push(...(await Promise.all(Array.from({ length: 50 }, () => openRaw(gateway.port)))))
    await until(() => strangers.filter(({ socket }) => socket.destroyed).length >= 40, 'the first to be closed')
    expect(strangers.slice(-900).every(({ socket }) => !socket.destroyed)).toBe(true)
    withKey.send(ask)
    expect((await withKey.readResponse()).status).toBe(200)
  })
})

describe('a client with a key', () => {
  it('may take its time with a body, as long as something of it comes', async () => {
    const gateway = await start()
    const { secret } = await gateway.createKey({ models: ['sample-small'] })
    const connection = await openRaw(gateway.port)
    closers.push(() => connection.close())
    const body = '{"model":"sample-small","stream":false}'
    connection.send(
      `POST /api/chat HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\nContent-Length: ${body.length}\r\n\r\n`,
    )
    for (const letter of body) {
      connection.send(letter)
      await new Promise((resolve) => setTimeout(resolve, 40))
    }
    expect((await connection.readResponse()).status).toBe(200)
  })

  it.each([
    ['that is judged', { models: ['sample-small'] }],
    ['that is passed on', { online: true }],
  ])('is told 408 when it stops in the middle of a body %s, and its place is free', async (_which, key) => {
    const gateway = await start()
    const { secret } = await gateway.createKey({ concurrency: 1, ...key })
    const connection = await openRaw(gateway.port)
    connection.send(
      `POST /api/chat HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\nContent-Length: 999\r\n\r\n{"model":`,
    )
    expect(await connection.readToEnd(WITHIN_MS)).toMatch(/^HTTP\/1\.1 408 /)
    expect(await gateway.record()).toMatchObject({ outcome: 'refused', reason: 'request_timeout', status: 408 })
    expect(gateway.received).toEqual([])
    const next = await fetch(`${gateway.url}/api/tags`, { headers: { 'x-api-key': secret } })
    expect(next.status).toBe(200)
  })

  it('waits as long as the upstream does, for its answer or to send on', async () => {
    const upstream = await startRawUpstream((socket) => socket.pause())
    closers.push(() => upstream.close())
    const gateway = await start({ upstream: upstream.url })
    const { secret } = await gateway.createKey({ online: true })
    const head = `Host: localhost\r\nx-api-key: ${secret}\r\n`
    const silent = await openRaw(gateway.port)
    const held = await openRaw(gateway.port)
    closers.push(
      () => silent.close(),
      () => held.close(),
    )
    silent.send(`POST /api/show HTTP/1.1\r\n${head}Content-Length: 2\r\n\r\n{}`)
    held.send(`POST /api/show HTTP/1.1\r\n${head}Content-Length: 50000000\r\n\r\n${'a'.repeat(30_000_000)}`)
    await until(() => upstream.sockets.length === 2, 'both to reach the upstream')
    await new Promise((resolve) => setTimeout(resolve, 3 * SHORT.body))
    expect(gateway.gateway.running).toBe(2)
  })

  it('keeps its connection longer than a stranger', async () => {
    const gateway = await start({ timeouts: { ...SHORT, idle: 60_000 } })
    const { secret } = await gateway.createKey()
    const connection = await openRaw(gateway.port)
    closers.push(() => connection.close())
    const ask = `GET /api/tags HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\n\r\n`
    connection.send(ask)
    await connection.readResponse()
    await new Promise((resolve) => setTimeout(resolve, 3 * SHORT.head))
    connection.send(ask)
    expect((await connection.readResponse()).status).toBe(200)
  })
})

it('the deadlines are as the documentation says', () => {
  expect(CLIENT_TIMEOUTS).toEqual({ head: 10_000, idle: 65_000, keyless: 10_000, leftover: 5_000, body: 120_000 })
})
