import type { Socket } from 'node:net'
import { describe, expect, it, type TestContext } from 'vitest'
import { UPSTREAM_DEADLINES, type UpstreamDeadlines } from '../../src-main/gateway/transport.ts'
import { CHAT } from '../support/chats.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { canMakeNetworks, keepAliveTimer, startNetwork } from '../support/network.ts'
import { startFullPort, startTaker } from '../support/odd-ports.ts'
import { startRawUpstream } from '../support/raw-upstream.ts'
import { until } from '../support/until.ts'

type Closers = (() => unknown)[]

/**
 * The things that a test opens, which are closed at its end. Each test has its own list, because the tests of this file
 * run at the same time.
 */
function closersOf({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): Closers {
  const closers: Closers = []
  onTestFinished(async () => {
    for (const close of closers.reverse()) await close()
  })
  return closers
}

async function before(
  closers: Closers,
  upstream: string,
  deadlines: Partial<UpstreamDeadlines>,
): Promise<{ gateway: TestGateway; secret: string }> {
  const gateway = await startGateway({ upstream, deadlines })
  closers.push(() => gateway.close())
  return { gateway, secret: (await gateway.createKey({ scopes: ['all'] })).secret }
}

async function beforeRaw(closers: Closers, answer: (socket: Socket) => void) {
  const upstream = await startRawUpstream(answer)
  closers.push(() => upstream.close())
  return { upstream, ...(await before(closers, upstream.url, { headMs: 300 })) }
}

const get = ({ url }: TestGateway, secret: string) => fetch(`${url}/api/ps`, { headers: { 'x-api-key': secret } })
const chat = ({ url }: TestGateway, secret: string, body: BodyInit = CHAT, path = '/api/chat') =>
  fetch(url + path, { method: 'POST', headers: { 'x-api-key': secret, 'content-type': 'application/json' }, body })

// Before such an answer, the gateway looks for two seconds whether the upstream speaks TLS, so these run side by side.
describe.concurrent('a phase that the upstream never ends is a 502 within its deadline', () => {
  it.for([
    ['GET', get],
    ['POST', chat],
  ] as const)('the TLS handshake of a %s', async ([, ask], context) => {
    const closers = closersOf(context)
    const port = await startTaker(closers, () => undefined)
    const { gateway, secret } = await before(closers, `https://127.0.0.1:${port}`, { connectMs: 300 })
    const answer = await ask(gateway, secret)
    expect([answer.status, await answer.json()]).toEqual([
      502,
      { error: expect.stringContaining('accepted the connection but did not answer') },
    ])
    expect(await gateway.record()).toMatchObject({ outcome: 'upstream_error', reason: 'upstream_timeout' })
  })

  it('the TLS handshake that has begun', async (context) => {
    const closers = closersOf(context)
    // The beginning of a server's first record, cut off after the record's length.
    const port = await startTaker(closers, (socket) => socket.write(Buffer.from('1603030400', 'hex')))
    const { gateway, secret } = await before(closers, `https://127.0.0.1:${port}`, { connectMs: 300 })
    expect((await get(gateway, secret)).status).toBe(502)
    expect(await gateway.record()).toMatchObject({ reason: 'upstream_timeout' })
  })

  it('the connection', async (context) => {
    const closers = closersOf(context)
    const port = await startFullPort(closers)
    const { gateway, secret } = await before(closers, `http://127.0.0.1:${port}`, { connectMs: 300 })
    // An upstream that is not there: a POST gets the status that clients do not repeat.
    expect((await chat(gateway, secret)).status).toBe(409)
    expect(await gateway.record()).toMatchObject({ reason: 'upstream_unreachable' })
  })

  it.for([
    ['its first letter', 'H'],
    ['the middle of a line', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['all but its blank line', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n'],
    ['a part of a second one, behind an interim one', 'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\n'],
  ] as const)('a head that stops after %s', async ([, head], context) => {
    const { gateway, secret } = await beforeRaw(closersOf(context), (socket) => socket.write(head))
    expect((await chat(gateway, secret)).status).toBe(502)
    expect(await gateway.record()).toMatchObject({ reason: 'upstream_timeout' })
  })

  it('a head of which a byte comes now and then', async (context) => {
    const { gateway, secret } = await beforeRaw(closersOf(context), (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nX: ')
      const drip = setInterval(() => socket.write('a'), 50)
      socket.on('close', () => clearInterval(drip))
    })
    expect((await chat(gateway, secret)).status).toBe(502)
    expect(await gateway.record()).toMatchObject({ reason: 'upstream_timeout' })
  })

  it('the end of a body whose last chunk has come, by cutting the client off', async (context) => {
    const { gateway, secret } = await beforeRaw(closersOf(context), (socket) =>
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Trailer: a\r\n'),
    )
    const answer = await get(gateway, secret)
    await expect(answer.text()).rejects.toThrow()
    expect(await gateway.record()).toMatchObject({ outcome: 'cut_off' })
  })
})

describe('a request of which the upstream takes nothing is a 502 within its deadline, too', () => {
  it.for([
    ['streamed', '/api/chat', Buffer.alloc(40_000_000, 'a')],
    ['held', '/v1/chat/completions', Buffer.from(JSON.stringify({ model: 'a', messages: 'a'.repeat(20_000_000) }))],
  ] as const)('a %s one', async ([, path, body], context) => {
    const closers = closersOf(context)
    const port = await startTaker(closers, () => undefined)
    const { gateway, secret } = await before(closers, `http://127.0.0.1:${port}`, { sendMs: 300 })
    expect((await chat(gateway, secret, body, path)).status).toBe(502)
    expect(await gateway.record()).toMatchObject({ reason: 'upstream_timeout' })
  })
})

describe.concurrent('what has no deadline', () => {
  it('is a generation: before its head, and between its pieces', async (context) => {
    const later = (socket: Socket, text: string) => void setTimeout(() => socket.write(text), 2_500)
    const { gateway, secret } = await beforeRaw(closersOf(context), (socket) => {
      socket.write('HTTP/1.1 102 Processing\r\n\r\n')
      later(socket, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n')
      setTimeout(() => later(socket, '2\r\n,2\r\n1\r\n]\r\n0\r\n\r\n'), 2_500)
    })
    expect(await (await chat(gateway, secret)).json()).toEqual([1, 2])
    expect(await gateway.record()).toMatchObject({ outcome: 'ok' })
  })

  it('is an upload that the upstream takes little by little', async (context) => {
    const closers = closersOf(context)
    const body = Buffer.alloc(30_000_000, 'a')
    const port = await startTaker(closers, (socket) => readSlowly(socket, body.length))
    const gateway = await startGateway({ upstream: `http://127.0.0.1:${port}`, deadlines: { sendMs: 2_000 } })
    closers.push(() => gateway.close())
    const { secret } = await gateway.createKey()
    expect(await (await chat(gateway, secret, body)).text()).toBe('whole')
  })
})

describe.skipIf(process.platform !== 'linux')('a host that vanishes', () => {
  it.for([
    ['http', '127.0.0.1'],
    ['http', 'localhost'],
    ['https', '127.0.0.1'],
    ['https', 'localhost'],
  ] as const)('is asked for a sign of life on each connection to %s://%s', async ([scheme, host], context) => {
    const closers = closersOf(context)
    const taken: Socket[] = []
    const port = await startTaker(closers, (socket) => taken.push(socket))
    const gateway = await startGateway({ upstream: `${scheme}://${host}:${port}` })
    closers.push(() => gateway.close())
    void gateway.gateway.probe('/')
    // On a busy computer the first may be given up, and another be opened.
    const seconds = await until(
      () => taken.map(({ remotePort }) => keepAliveTimer(remotePort)).find((timer) => timer !== undefined),
      'a connection with keep-alive',
    )
    expect(seconds).toBeLessThanOrEqual(UPSTREAM_DEADLINES.keepAliveMs / 1000)
  })
})

// Beside those above, because the system takes its time.
describe
  .skipIf(process.platform !== 'linux' || !canMakeNetworks())
  .concurrent('a host that vanishes in its answer', () => {
    it('ends it', async (context) => {
      const closers = closersOf(context)
      const network = await startNetwork()
      closers.push(() => network.remove())
      const gateway = await startGateway({ upstream: network.url, deadlines: { keepAliveMs: 1_000 } })
      closers.push(() => gateway.close())
      const answer = await get(gateway, (await gateway.createKey()).secret)
      const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
      expect(new TextDecoder().decode((await reader.read()).value)).toBe('begun')
      network.vanish()
      await expect(reader.read()).rejects.toThrow()
      expect(await gateway.record()).toMatchObject({ outcome: 'cut_off', reason: 'upstream_died' })
      // The system asks ten times, once a second.
    })
  })

/** Takes a part every now and then, with pauses that are shorter than the deadline, and answers behind the last byte. */
function readSlowly(socket: Socket, length: number): void {
  let left = length
  socket.on('data', (piece: Buffer) => {
    left -= piece.length
    if (left <= 0) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole')
    socket.pause()
    setTimeout(() => socket.resume(), 8)
  })
  socket.resume()
}
