import { pbkdf2 } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { HeldBodies } from '../../src-main/gateway/body/held-bodies.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { openRaw, type RawConnection } from '../support/raw-http.ts'
import { until } from '../support/until.ts'

const MEBIBYTE = 1024 * 1024

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function started(options: { upstream?: string } = {}): Promise<TestGateway> {
  const gateway = await startGateway(options)
  closers.push(() => gateway.close())
  return gateway
}

/** Takes every request in and never answers, so that a body is held for as long as its client stays. */
async function startSilentUpstream(): Promise<{ url: string; bytes: () => number }> {
  let bytes = 0
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined).on('data', (piece: Buffer) => (bytes += piece.length))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bytes: () => bytes }
}

const HEAD = '{"model":"sample-small","pad":"'

async function post(gateway: TestGateway, key: IssuedKey, size: number, path = '/api/chat'): Promise<RawConnection> {
  const connection = await openRaw(gateway.port)
  connection.send(
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${key.secret}\r\nContent-Length: ${size}\r\n\r\n`,
  )
  connection.socket.write(
    Buffer.concat([Buffer.from(HEAD), Buffer.alloc(size - HEAD.length - 2, 'a'), Buffer.from('"}')]),
  )
  closers.push(() => connection.close())
  return connection
}

describe('bodies that a rule must read whole', () => {
  it('take no more than their share of the memory, and it is free again when they end', async () => {
    const silent = await startSilentUpstream()
    const gateway = await started({ upstream: silent.url })
    const key = await gateway.createKey({ models: ['sample-small'] })
    const large = [await post(gateway, key, 60 * MEBIBYTE), await post(gateway, key, 60 * MEBIBYTE)]
    await until(() => silent.bytes() > 120 * MEBIBYTE, 'both bodies to arrive')

    const refused = await (await post(gateway, key, 10 * MEBIBYTE)).readResponse()
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await gateway.record()).toMatchObject({ outcome: 'refused', reason: 'gateway_busy', keyId: key.id })
    const other = await gateway.createKey({ models: ['sample-small'] })
    await post(gateway, other, 10 * MEBIBYTE)
    await until(() => silent.bytes() > 130 * MEBIBYTE, 'the other key’s body to arrive')

    for (const connection of large) connection.close()
    await until(() => gateway.records.length === 3, 'both to be over')
    await post(gateway, key, 60 * MEBIBYTE)
    await until(() => silent.bytes() > 190 * MEBIBYTE, 'the next body to arrive')
  })

  it('are streamed where the rule can do without, and refused where it cannot', async () => {
    const silent = await startSilentUpstream()
    const gateway = await started({ upstream: silent.url })
    const free = await gateway.createKey({ online: true })
    const budgeted = await gateway.createKey({ online: true, tokensPerDay: 1_000 })
    const local = await gateway.createKey()
    expect((await (await post(gateway, local, 65 * MEBIBYTE, '/api/chat')).readResponse()).status).toBe(413)
    await post(gateway, free, 65 * MEBIBYTE, '/v1/chat/completions')
    await until(() => silent.bytes() > 65 * MEBIBYTE, 'the body to arrive')
    expect((await (await post(gateway, budgeted, 65 * MEBIBYTE, '/v1/chat/completions')).readResponse()).status).toBe(
      413,
    )
  })

  it('are bounded all together, whoever sends them', () => {
    const bodies = new HeldBodies()
    const open = Array.from({ length: 8 }, (_, at) => bodies.open(`key ${at}`))
    expect(open.map((body) => body.grow(64 * MEBIBYTE))).toEqual(Array(8).fill(undefined))
    expect([bodies.total, bodies.open('key 9').grow(1)]).toEqual([512 * MEBIBYTE, 'no_room'])
    open[0]?.release()
    open[0]?.release()
    expect([bodies.total, bodies.open('key 9').grow(1)]).toEqual([448 * MEBIBYTE, undefined])
    expect(bodies.open('key 9').grow(65 * MEBIBYTE)).toBe('too_large')
  })
})

describe('a client that leaves while its body is being unpacked', () => {
  const packed = gzipSync('{"model":"sample-small"}')

  it('reaches nobody, is recorded as gone, and leaves its place to the next', async () => {
    const gateway = await started()
    const key = await gateway.createKey({ models: ['sample-small'], concurrency: 1 })
    const threads = occupyThreads()
    const connection = await openRaw(gateway.port)
    connection.send(
      `POST /api/show HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${key.secret}\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`,
    )
    connection.socket.write(packed)
    await until(() => gateway.gateway.running === 1, 'the request to arrive')
    connection.close()
    expect(await gateway.record()).toMatchObject({ outcome: 'client_aborted', status: 0, keyId: key.id })
    await threads
    const answer = await fetch(`${gateway.url}/api/show`, {
      method: 'POST',
      headers: { 'x-api-key': key.secret },
      body: '{"model":"sample-small"}',
    })
    expect(answer.status).toBe(200)
    expect(gateway.received).toHaveLength(1)
  })

  /** Keeps the threads that unpack busy for a moment, so that the client certainly leaves before they get to it. */
  function occupyThreads(): Promise<unknown> {
    const derive = promisify(pbkdf2)
    return Promise.all(Array.from({ length: 4 }, () => derive('a', 'b', 400_000, 64, 'sha512')))
  }
})

describe('a key with a budget of tokens', () => {
  const CHAT = { model: 'sample-small', messages: [{ role: 'user', content: 'one two' }], stream: true }

  async function send(body: Buffer<ArrayBuffer> | string, headers: Record<string, string> = {}) {
    const gateway = await started()
    const key = await gateway.createKey({ tokensPerDay: 1 })
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'x-api-key': key.secret, ...headers },
      body,
    })
    await answer.text()
    return { status: answer.status, record: await gateway.record(), received: gateway.received }
  }

  it('cannot hide its usage in a compressed body', async () => {
    const { status, record, received } = await send(gzipSync(JSON.stringify(CHAT)), { 'content-encoding': 'gzip' })
    expect([status, record.metered, (record.completionTokens ?? 0) > 0]).toEqual([200, true, true])
    expect(JSON.parse(received[0]?.body.toString() ?? '')).toMatchObject({ stream_options: { include_usage: true } })
  })

  it.each([
    ['a second name in other letters', '{"model":"sample-small","messages":[],"stream":false,"Stream":true}'],
    [
      'options twice',
      '{"model":"sample-small","stream":true,"stream_options":{},"stream_options":{"include_usage":false}}',
    ],
    ['the question twice', '{"stream":true,"stream_options":{"include_usage":true,"Include_usage":false}}'],
    ['something behind the end', `${JSON.stringify(CHAT)}{}`],
  ])('cannot hide it by %s', async (_name, body) => {
    const { status, received } = await send(body)
    expect([status, received]).toEqual([400, []])
  })
})
