import { once } from 'node:events'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openHttp1 } from '../../src-main/gateway/http1/connection-pool.ts'
import {
  ConnectionLost,
  InvalidAnswer,
  type OpenTransport,
  type Transport,
  UPSTREAM_DEADLINES,
  type UpstreamDeadlines,
} from '../../src-main/gateway/transport.ts'
import { type Certificate, makeCertificate } from '../support/certificates.ts'
import { startFullPort, startTaker } from '../support/odd-ports.ts'
import { type RawUpstream, startRawUpstream } from '../support/raw-upstream.ts'
import { make, outcomeOf } from '../support/transport/heard-call.ts'
import { openUndici } from '../support/transport/undici-transport.ts'
import { until } from '../support/until.ts'

// The contract of gateway/transport.ts, over real sockets. Latchkey's own client and undici pass the same tests, but for
// what undici cannot do, each with its reason.
const TRANSPORTS: readonly [name: string, open: OpenTransport][] = [
  ['the own client', openHttp1],
  ['undici', openUndici],
]

const OK = 'HTTP/1.1 200 OK\r\n'
const WHOLE = `${OK}Content-Length: 2\r\n\r\n{}`
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`
const EVIL = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'
const MEGABYTES = 40 * 1024 * 1024

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

describe.each(TRANSPORTS)('%s', (name, open) => {
  const isUndici = name === 'undici'

  function opened(
    url: string,
    deadlines: Partial<UpstreamDeadlines> = {},
    certificate: string | null = null,
  ): Transport {
    const transport = open({ url: new URL(url), certificate, deadlines: { ...UPSTREAM_DEADLINES, ...deadlines } })
    closers.push(() => transport.destroy())
    return transport
  }

  /** Before an upstream of which `answer` is called with each new connection, once a request has begun on it. */
  async function before(answer: (socket: Socket) => void, deadlines: Partial<UpstreamDeadlines> = {}) {
    const upstream = await startRawUpstream(answer)
    closers.push(() => upstream.close())
    return { upstream, transport: opened(upstream.url, deadlines) }
  }

  /** Before one that says the same to every request. */
  const saying = (text: string) =>
    before((socket) => {
      socket.write(text, 'latin1')
      socket.on('data', () => socket.write(text, 'latin1'))
    })

  describe('sends', () => {
    it('a request without a body as it is given', async () => {
      const { upstream, transport } = await saying(WHOLE)
      await outcomeOf(make(transport, { target: '/api/tags?a=1', lines: ['host', 'a.example', 'x-one', 'caf\xe9'] }))
      expect(upstream.heard[0]).toMatch(/^GET \/api\/tags\?a=1 HTTP\/1\.1\r\n/)
      expect(linesOf(upstream)).toEqual(expect.arrayContaining(['host: a.example', 'x-one: caf\xe9']))
      expect(upstream.heard[0]).toMatch(/\r\n\r\n$/)
    })

    it('a body of known length', async () => {
      const { upstream, transport } = await before((socket) => {
        void until(() => upstream.heard[0]?.endsWith('{"a":1}'), 'the body').then(() => socket.write(WHOLE))
      })
      const made = make(transport, { method: 'POST', bodyLength: 7 })
      made.call.write(Buffer.from('{"a"'))
      made.call.end(Buffer.from(':1}'))
      expect(await outcomeOf(made)).toMatchObject({ ended: true, body: '{}' })
      expect(linesOf(upstream)).toContain('content-length: 7')
    })

    it('a body of unknown length in chunks, of which the first need not wait for the last', async () => {
      const { upstream, transport } = await before((socket) => {
        void until(() => upstream.heard[0]?.endsWith('\r\n0\r\n\r\n'), 'the last chunk').then(() => socket.write(WHOLE))
      })
      const made = make(transport, { method: 'POST', bodyLength: 'chunked' })
      made.call.write(Buffer.from('first'))
      await until(() => upstream.heard[0]?.includes('5\r\nfirst'), 'the first chunk')
      made.call.end(Buffer.from('last'))
      expect(await outcomeOf(made)).toMatchObject({ ended: true })
      expect(upstream.heard[0]).toMatch(/\r\ntransfer-encoding: chunked\r\n/i)
    })

    it('no more of a body than the upstream takes', async () => {
      const { upstream, transport } = await before((socket) => {
        socket.pause()
        setTimeout(() => socket.resume(), 200)
      })
      const made = make(transport, { method: 'POST', bodyLength: MEGABYTES })
      const piece = Buffer.alloc(1024 * 1024, 'a')
      let sent = 0
      let waits = 0
      while (sent < MEGABYTES) {
        const goesOn = made.call.write(piece)
        sent += piece.length
        if (goesOn) continue
        waits++
        await new Promise<void>((resolve) => made.call.onDrain(resolve))
      }
      made.call.end()
      await until(() => (upstream.heard[0]?.length ?? 0) > MEGABYTES, 'all of the body')
      upstream.sockets[0]?.write(WHOLE)
      expect(await outcomeOf(made)).toMatchObject({ ended: true })
      expect(waits).toBeGreaterThan(1)
    })

    it.each([
      ['target', { target: '/a\r\nX: b' }],
      ['value', { lines: ['host', 'a', 'x-one', 'a\r\nX: b'] }],
    ])('nothing when the %s has a forbidden character', async (_name, request) => {
      const { upstream, transport } = await saying(WHOLE)
      expect(() => make(transport, request)).toThrow(TypeError)
      await outcomeOf(make(transport))
      expect(upstream.heard.join('')).not.toContain('X: b')
    })
  })

  describe('reads', () => {
    it('an answer piece by piece, as it comes', async () => {
      const { upstream, transport } = await before((socket) => socket.write(`${CHUNKED}3\r\none\r\n`))
      const made = make(transport)
      await until(() => made.heard.body === 'one', 'the first piece')
      expect(made.heard.isOver).toBe(false)
      upstream.sockets[0]?.write('3\r\ntwo\r\n0\r\n\r\n')
      expect(await outcomeOf(made)).toMatchObject({ ended: true, body: 'onetwo' })
    })

    it.each([
      ['a length', WHOLE, 2],
      [
        'chunks with an extension and trailers',
        `${CHUNKED}1;a=b\r\n{\r\n1\r\n}\r\n0\r\nX-One: a\r\nX-Two: b\r\n\r\n`,
        -1,
      ],
      [
        'interim answers before it',
        `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: a\r\n\r\n${WHOLE}`,
        2,
      ],
    ])('one with %s, and keeps the connection', async (_name, text, bodyLength) => {
      const { upstream, transport } = await saying(text)
      for (let round = 0; round < 3; round++) {
        const heard = await outcomeOf(make(transport))
        expect(heard).toMatchObject({ ended: true, body: '{}', head: { status: 200, bodyLength } })
      }
      expect(upstream.heard).toHaveLength(1)
    })

    it.each([
      ['HEAD', 'HEAD', `${OK}Content-Length: 2000\r\n\r\n`, 200],
      ['204', 'GET', 'HTTP/1.1 204 No Content\r\n\r\n', 204],
      ['304', 'GET', 'HTTP/1.1 304 Not Modified\r\n\r\n', 304],
    ])('an answer without a body for %s, and keeps the connection', async (_name, method, text, status) => {
      const { upstream, transport } = await saying(text)
      for (let round = 0; round < 2; round++) {
        const heard = await outcomeOf(make(transport, { method }))
        expect(heard).toMatchObject({ ended: true, body: '', head: { status, bodyLength: 0 } })
      }
      // undici does so behind a HEAD only where the upstream says in so many words that it keeps the connection.
      expect(upstream.heard).toHaveLength(isUndici && method === 'HEAD' ? 2 : 1)
    })

    it('one that ends with the connection', async () => {
      const { transport } = await before((socket) => socket.end(`${OK}Content-Encoding: gzip\r\n\r\nall of it`))
      const heard = await outcomeOf(make(transport))
      expect(heard).toMatchObject({ ended: true, body: 'all of it', head: { contentEncoding: 'gzip' } })
      expect(heard.head?.bodyLength).toBeLessThan(0)
    })

    it('a head of 60 kB, with each of its lines', async () => {
      const lines = Array.from({ length: 60 }, (_, at) => `X-${at}: ${'a'.repeat(1_000)}\r\n`).join('')
      const { transport } = await saying(`${OK}${lines}X-Last: caf\xe9\r\nContent-Length: 2\r\n\r\n{}`)
      const { head } = await outcomeOf(make(transport))
      expect(head?.lines).toHaveLength(124)
      expect(head?.lines.slice(-4)).toEqual(['x-last', 'caf\xe9', 'content-length', '2'])
    })

    it('no more than its maker takes', async () => {
      const { upstream, transport } = await before((socket) => {
        socket.write(`${OK}Content-Length: ${MEGABYTES}\r\n\r\n`)
        socket.write(Buffer.alloc(MEGABYTES, 'a'))
      })
      const made = make(transport)
      await until(() => made.heard.bytes > 0, 'the first piece')
      made.call.pause()
      const taken = await untilStill(() => made.heard.bytes)
      expect(taken).toBeLessThan(MEGABYTES / 2)
      expect(upstream.sockets[0]?.writableLength).toBeGreaterThan(0)
      made.call.resume()
      expect((await outcomeOf(made)).bytes).toBe(MEGABYTES)
    })
  })

  describe('ends', () => {
    it('a call whose maker aborts it, at the upstream, too, and tells nothing more', async () => {
      const { upstream, transport } = await before((socket) => socket.write(`${CHUNKED}3\r\none\r\n`))
      const made = make(transport)
      await until(() => made.heard.body === 'one', 'the first piece')
      made.call.abort()
      await until(() => upstream.sockets[0]?.destroyed || upstream.sockets[0]?.readableEnded, 'the upstream to be left')
      expect(made.heard.isOver).toBe(false)
    })

    it('an upload whose maker aborts it', async () => {
      const { upstream, transport } = await before(() => undefined)
      const made = make(transport, { method: 'POST', bodyLength: 1_000 })
      made.call.write(Buffer.from('begun'))
      await until(() => upstream.heard[0]?.endsWith('begun'), 'the first piece')
      made.call.abort()
      await until(() => upstream.sockets[0]?.destroyed || upstream.sockets[0]?.readableEnded, 'the upstream to be left')
      expect(made.heard.isOver).toBe(false)
    })

    it('a call whose listener throws, and tells it of the fault', async () => {
      const { upstream, transport } = await saying(`${CHUNKED}3\r\none\r\n`)
      const fault = new Error('the listener’s own')
      const made = make(transport)
      made.heard.onData = () => {
        throw fault
      }
      expect((await outcomeOf(made)).faults).toEqual([fault])
      await until(() => upstream.sockets[0]?.destroyed || upstream.sockets[0]?.readableEnded, 'the upstream to be left')
      expect(made.heard.error).toBeUndefined()
    })

    it('running calls when it is destroyed', async () => {
      const { transport } = await before((socket) => socket.write(`${CHUNKED}3\r\none\r\n`))
      const made = make(transport)
      await until(() => made.heard.body === 'one', 'the first piece')
      transport.destroy()
      expect((await outcomeOf(made)).error).toBeInstanceOf(ConnectionLost)
    })

    it('running calls with their answer when it is closed, and their connection behind it', async () => {
      const { upstream, transport } = await before((socket) => socket.write(`${CHUNKED}3\r\none\r\n`))
      const made = make(transport)
      await until(() => made.heard.body === 'one', 'the first piece')
      transport.close()
      upstream.sockets[0]?.write('0\r\n\r\n')
      expect(await outcomeOf(made)).toMatchObject({ ended: true })
      await until(() => upstream.sockets[0]?.destroyed || upstream.sockets[0]?.readableEnded, 'the upstream to be left')
    })
  })

  describe('an answer that is not HTTP as it should be', () => {
    it.each([
      ['two lengths', `${OK}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`],
      ['a length and a coding', `${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
      ['a length with a sign', `${OK}Content-Length: +2\r\n\r\n{}`],
      ['a blank before the colon', `${OK}Content-Length : 2\r\n\r\n{}`],
      ['a NUL in a value', `${OK}X-One: a\0b\r\nContent-Length: 2\r\n\r\n{}`],
      ['a line without a colon', `${OK}Hello\r\n\r\n`],
      [
        'a switch of protocols',
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      ],
      ['a head of more than 64 kB', `${OK}${`X-Long: ${'a'.repeat(1_000)}\r\n`.repeat(70)}`],
    ])('is invalid from its head: %s', async (_name, text) => {
      const { transport } = await saying(text)
      const heard = await outcomeOf(make(transport))
      expect(heard).toMatchObject({ head: undefined, error: expect.any(InvalidAnswer) as unknown })
      expect(heard.error).toMatchObject({ protocol: 'http' })
    })

    it.each([
      ['of another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'other'],
      ['of TLS', Buffer.from('15030300020246', 'hex').toString('latin1'), 'tls'],
    ])('is known as one %s', async (_name, text, protocol) => {
      const { transport } = await saying(text)
      expect((await outcomeOf(make(transport))).error).toMatchObject({ protocol })
    })

    it.each([
      ['a chunk size that is none', 'zz\r\n'],
      ['a chunk longer than its size', '2\r\n{}evil\r\n0\r\n\r\n'],
      ['a chunk size with a sign', '+2\r\n{}\r\n0\r\n\r\n'],
    ])('is invalid from its body on: %s', async (_name, rest) => {
      const { upstream, transport } = await before((socket) => socket.write(`${CHUNKED}2\r\n{}\r\n`))
      const made = make(transport)
      await until(() => made.heard.body === '{}', 'the first chunk')
      upstream.sockets[0]?.write(rest)
      const heard = await outcomeOf(made)
      expect(heard.error).toBeInstanceOf(InvalidAnswer)
      expect(heard.body).not.toContain('evil')
    })

    it.each([
      ['its head', `${OK}Content-Le`],
      ['its length', `${OK}Content-Length: 5\r\n\r\n{}`],
      ['its last chunk', `${CHUNKED}2\r\n{}\r\n`],
      ['anything', ''],
    ])('is lost when the connection ends before %s', async (_name, text) => {
      const { transport } = await before((socket) => socket.end(text))
      expect((await outcomeOf(make(transport))).error).toBeInstanceOf(ConnectionLost)
    })

    it('is lost when the connection is reset before its head', async () => {
      const { transport } = await before((socket) => void socket.resetAndDestroy())
      expect(isLost((await outcomeOf(make(transport))).error)).toBe(true)
    })

    it.each([
      ['a length', WHOLE],
      ['chunks', `${CHUNKED}2\r\n{}\r\n0\r\n\r\n`],
    ])('has nothing to do with the next: what follows %s goes to nobody', async (_name, text) => {
      const { upstream, transport } = await saying(text + EVIL)
      for (let round = 0; round < 3; round++)
        expect(await outcomeOf(make(transport))).toMatchObject({ ended: true, body: '{}' })
      expect(upstream.heard).toHaveLength(3)
    })
  })

  describe('a kept connection', () => {
    it('that the upstream has left costs a call that takes it, and not one that asks for a new one', async () => {
      const { upstream, transport } = await saying(WHOLE)
      await outcomeOf(make(transport))
      upstream.sockets[0]?.removeAllListeners('data').once('data', () => upstream.sockets[0]?.resetAndDestroy())
      expect(isLost((await outcomeOf(make(transport))).error)).toBe(true)
      expect(await outcomeOf(make(transport, { needsNewConnection: true }))).toMatchObject({ ended: true, body: '{}' })
      expect(upstream.heard).toHaveLength(2)
    })

    it('is not used by a call that needs a new one', async () => {
      const { upstream, transport } = await saying(WHOLE)
      for (let round = 0; round < 2; round++) await outcomeOf(make(transport, { needsNewConnection: true }))
      expect(upstream.heard).toHaveLength(2)
    })

    it('is left when the upstream says that it closes', async () => {
      const { upstream, transport } = await saying(WHOLE.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
      for (let round = 0; round < 2; round++) await outcomeOf(make(transport))
      expect(upstream.heard).toHaveLength(2)
    })
  })

  describe('TLS', () => {
    let good: Certificate
    let expired: Certificate
    let elsewhere: Certificate
    beforeAll(async () => {
      good = await makeCertificate()
      expired = await makeCertificate({ from: -9, until: -2 })
      elsewhere = await makeCertificate({ hosts: ['a.example'], addresses: [] })
    })

    async function startTls(certificate: Certificate): Promise<string> {
      const server = createHttpsServer(certificate, (_request, response) => response.end('{}'))
      return `https://127.0.0.1:${await listen(server)}`
    }

    it('is spoken where its certificate is trusted', async () => {
      const transport = opened(await startTls(good), {}, good.cert)
      expect(await outcomeOf(make(transport))).toMatchObject({ ended: true, body: '{}' })
    })

    it.each([
      ['a certificate that nobody trusts', () => good, null, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      ['an expired one', () => expired, () => expired.cert, 'CERT_HAS_EXPIRED'],
      ['one for another name', () => elsewhere, () => elsewhere.cert, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ])('ends at %s, before anything is sent', async (_name, server, trusted, code) => {
      const transport = opened(await startTls(server()), {}, trusted?.() ?? null)
      expect((await outcomeOf(make(transport))).error).toMatchObject({ code })
    })

    it('ends at a port that speaks none', async () => {
      const upstream = await startRawUpstream((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
      closers.push(() => upstream.close())
      const transport = opened(upstream.url.replace('http:', 'https:'))
      expect((await outcomeOf(make(transport))).error).toMatchObject({
        code: expect.stringMatching(/SSL|TLS|EPROTO/) as string,
      })
    })

    it('ends at a port that closes in its handshake', async () => {
      const port = await startTaker(closers, (socket) => void socket.resume().end())
      const { error } = await outcomeOf(make(opened(`https://127.0.0.1:${port}`)))
      const isInHandshake = error instanceof ConnectionLost ? !error.wasOpen : error?.message.includes('secure TLS')
      expect(isInHandshake).toBe(true)
    })
  })

  describe('the deadline of', () => {
    it('the connection', async () => {
      const transport = opened(`http://127.0.0.1:${await startFullPort(closers)}`, { connectMs: 200 })
      expect((await outcomeOf(make(transport))).error).toMatchObject({ phase: 'connect' })
    })

    it('the handshake', async () => {
      const port = await startTaker(closers, () => undefined)
      const transport = opened(`https://127.0.0.1:${port}`, { connectMs: 500 })
      expect((await outcomeOf(make(transport))).error).toMatchObject({ phase: 'handshake' })
    })

    it('a request of which the upstream takes nothing', async () => {
      const port = await startTaker(closers, () => undefined)
      const made = make(opened(`http://127.0.0.1:${port}`, { sendMs: 300 }), { method: 'POST', bodyLength: MEGABYTES })
      made.call.end(Buffer.alloc(MEGABYTES))
      expect((await outcomeOf(made)).error).toMatchObject({ phase: 'send' })
    })

    it.each([
      ['a head', `${OK}Content-Le`],
      ['a head behind an interim one', `HTTP/1.1 102 Processing\r\n\r\n${OK}`],
    ])('%s that has begun', async (_name, text) => {
      const { transport } = await before((socket) => socket.write(text), { headMs: 300 })
      expect((await outcomeOf(make(transport))).error).toMatchObject({ phase: 'head' })
    })

    // undici tells its maker nothing between the last chunk and the end behind it.
    if (!isUndici)
      it('the end behind the last chunk', async () => {
        const { transport } = await before((socket) => socket.write(`${CHUNKED}0\r\nX-One: a\r\n`), { headMs: 300 })
        expect((await outcomeOf(make(transport))).error).toMatchObject({ phase: 'head' })
      })

    it('none of them is one for the answer itself', async () => {
      const { upstream, transport } = await before(() => undefined, { connectMs: 300, sendMs: 300, headMs: 300 })
      const made = make(transport)
      await until(() => upstream.sockets[0], 'the request')
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      upstream.sockets[0]?.write(`${CHUNKED}1\r\n{\r\n`)
      await until(() => made.heard.body === '{', 'the first piece')
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      upstream.sockets[0]?.write('1\r\n}\r\n0\r\n\r\n')
      expect(await outcomeOf(made)).toMatchObject({ ended: true, body: '{}' })
    })
  })
})

/** Header lines of the first request. */
function linesOf(upstream: RawUpstream): string[] {
  const head = (upstream.heard[0] ?? '').split('\r\n\r\n', 1)[0] ?? ''
  return head.split('\r\n').slice(1)
}

/** A connection that ended under a call; its maker may use another. */
function isLost(error: Error | undefined): boolean {
  return error instanceof ConnectionLost || (error !== undefined && 'code' in error && error.code === 'ECONNRESET')
}

/** What is read once it no longer grows. */
async function untilStill(read: () => number): Promise<number> {
  let last = -1
  await until(async () => {
    const now = read()
    const isStill = now === last
    last = now
    await new Promise((resolve) => setTimeout(resolve, 100))
    return isStill
  }, 'everything to stand still')
  return last
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}
