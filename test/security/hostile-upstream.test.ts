import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { exchangeRaw, openRaw } from '../support/raw-http.ts'
import { type RawUpstream, startRawUpstream } from '../support/raw-upstream.ts'
import { until } from '../support/until.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function before(answer: (socket: Socket) => void): Promise<{ gateway: TestGateway; upstream: RawUpstream }> {
  const upstream = await startRawUpstream(answer)
  const gateway = await startGateway({ upstream: upstream.url })
  closers.push(
    () => upstream.close(),
    () => gateway.close(),
  )
  return { gateway, upstream }
}

const OK = 'HTTP/1.1 200 OK\r\n'
const EVIL = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`

/** The answers to a POST and to three more requests. An answer must never be taken for the next one. */
async function answersOf(gateway: TestGateway): Promise<string[]> {
  const { secret } = await gateway.createKey()
  const answers: string[] = []
  for (let round = 0; round < 4; round++) {
    const request = `POST /api/show HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`
    answers.push(await exchangeRaw(gateway.port, request, 4_000))
  }
  return answers
}

const isWhole = (answer: string) => answer.endsWith('\r\n0\r\n\r\n') || /content-length: (\d+)/i.test(answer)

describe('an answer that two readers could take for different ones is a 502, and nothing of it becomes another’s', () => {
  it.each([
    ['a length with a sign', `${OK}Content-Length: +2\r\n\r\n{}`],
    ['a list of lengths', `${OK}Content-Length: 2, 2\r\n\r\n{}`],
    ['two equal lengths', `${OK}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`],
    ['a length in another notation', `${OK}Content-Length: 0x2\r\n\r\n{}`],
    ['an empty length', `${OK}Content-Length:\r\n\r\n${EVIL}`],
    ['an unknown coding', `${OK}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${EVIL}`],
    ['two codings', `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n${EVIL}`],
    ['a coding twice', `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${EVIL}`],
    ['a coding in HTTP/1.0', `HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${EVIL}`],
    ['a folded line', `${OK}X-One: a\r\n b\r\nContent-Length: 2\r\n\r\n{}`],
    ['a blank before the colon', `${OK}Content-Length : 2\r\n\r\n{}`],
    ['a line that ends in LF alone', `${OK}X-One: a\nContent-Length: 2\r\n\r\n{}`],
    ['a bare CR in a value', `${OK}X-One: a\rContent-Length: 2\r\n\r\n{}`],
    ['a NUL in a value', `${OK}X-One: a\0b\r\nContent-Length: 2\r\n\r\n{}`],
    ['a line without a colon', `${OK}Hello\r\nContent-Length: 2\r\n\r\n{}`],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\n{}'],
    ['another protocol', 'HTTP/2 200 OK\r\nContent-Length: 2\r\n\r\n{}'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'],
    ['a head without end', `${OK}${'X-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(4_000)}`],
  ])('%s', async (_name, bytes) => {
    const { gateway } = await before((socket) => socket.write(bytes, 'latin1'))
    for (const answer of await answersOf(gateway)) {
      expect(answer).toMatch(/^HTTP\/1\.1 502 /)
      expect(answer).not.toContain('evil')
    }
    expect(await gateway.record()).toMatchObject({ outcome: 'upstream_error', reason: 'upstream_invalid' })
  })
})

describe('an answer that goes wrong in its body is cut off, and nothing of it becomes another’s', () => {
  it.each([
    ['a chunk size with a sign', '+2\r\n{}\r\n0\r\n\r\n'],
    ['a chunk size in another notation', '0x2\r\n{}\r\n0\r\n\r\n'],
    ['a chunk size that overflows', '10000000000000002\r\n{}\r\n0\r\n\r\n'],
    ['a chunk line that ends in LF alone', '2\n{}\r\n0\r\n\r\n'],
    ['a chunk longer than its size', '2\r\n{}evil\r\n0\r\n\r\n'],
    ['no chunk size at all', '\r\n{}\r\n0\r\n\r\n'],
  ])('%s', async (_name, body) => {
    const { gateway } = await before((socket) => socket.write(`${CHUNKED}2\r\n{}\r\n${body}`))
    for (const answer of await answersOf(gateway)) {
      expect(answer).not.toContain('evil')
      expect(isWhole(answer)).toBe(false)
    }
    expect(await gateway.record()).toMatchObject({ outcome: 'cut_off', reason: 'upstream_died' })
  })

  it.each([
    ['behind a length', `${OK}Content-Length: 2\r\n\r\n{}`],
    ['behind chunks', `${CHUNKED}2\r\n{}\r\n0\r\n\r\n`],
    ['behind no content', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['behind a length with 204', 'HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\n'],
  ])('a second answer %s goes to nobody', async (_name, first) => {
    const { gateway, upstream } = await before((socket) => socket.write(first + EVIL))
    for (const answer of await answersOf(gateway)) expect(answer).not.toContain('evil')
    expect(upstream.sockets.length).toBe(4)
  })

  it('a second answer that comes late, on a connection that is kept, goes to nobody', async () => {
    const { gateway, upstream } = await before((socket) => {
      socket.write(`${OK}Content-Length: 2\r\n\r\n{}`)
      setTimeout(() => socket.write(EVIL), 20)
    })
    const { secret } = await gateway.createKey()
    const ask = () => fetch(`${gateway.url}/api/tags`, { headers: { 'x-api-key': secret } }).then((one) => one.text())
    expect(await ask()).toBe('{}')
    await until(() => upstream.sockets[0]?.destroyed, 'the connection to be dropped')
    expect(await ask()).toBe('{}')
  })
})

describe('a redirect of the upstream', () => {
  it('is passed on and never followed, so that no rule is gone around', async () => {
    const { gateway, upstream } = await before((socket) =>
      socket.write('HTTP/1.1 307 Temporary Redirect\r\nLocation: /api/pull\r\nContent-Length: 0\r\n\r\n'),
    )
    const { secret } = await gateway.createKey()
    const answer = await fetch(`${gateway.url}/api/chat`, {
      method: 'POST',
      headers: { 'x-api-key': secret },
      body: '{"model":"sample-small"}',
      redirect: 'manual',
    })
    expect([answer.status, answer.headers.get('location')]).toEqual([307, '/api/pull'])
    const followed = await fetch(gateway.url + answer.headers.get('location'), {
      method: 'POST',
      headers: { 'x-api-key': secret },
    })
    expect(followed.status).toBe(403)
    expect(upstream.heard.join('')).not.toContain('/api/pull')
  })
})

describe('interim answers', () => {
  it('are not passed on, however many come', async () => {
    const { gateway } = await before((socket) =>
      socket.write(
        `${'HTTP/1.1 103 Early Hints\r\nLink: </evil>\r\n\r\n'.repeat(1_000)}${OK}Content-Length: 2\r\n\r\n{}`,
      ),
    )
    const { secret } = await gateway.createKey()
    const connection = await openRaw(gateway.port)
    connection.send(`GET /api/tags HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\n\r\n`)
    expect(await connection.readResponse()).toMatchObject({ status: 200, body: '{}' })
    connection.close()
  })
})
