import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { startOwnClock } from '../support/own-clock.ts'
import { openRaw } from '../support/raw-http.ts'
import { startRawUpstream } from '../support/raw-upstream.ts'
import { until } from '../support/until.ts'

let gateway: TestGateway
let key: IssuedKey

beforeAll(async () => {
  gateway = await startGateway()
  key = await gateway.createKey()
})
beforeEach(() => {
  gateway.received.length = 0
  gateway.records.length = 0
})
afterAll(() => gateway.close())

// Node tells of every socket that is accepted or opened here: the test's own two, and the gateway's two.
const CHANNELS = ['net.server.socket', 'net.client.socket'] as const
const HEADER_MS = 10_000
const GRACE_MS = 2_000

describe('slow headers', () => {
  it('are cut after their ten seconds, a thousand at once, while others are served', async () => {
    const silent = await startSilence()
    const sockets = await Promise.all(Array.from({ length: 1_000 }, () => dripping()))
    const clock = startOwnClock()
    const tags = await fetch(`${gateway.url}/api/tags`, { headers: { 'x-api-key': key.secret } })
    expect(tags.status).toBe(200)
    await until(() => sockets.every((socket) => socket.destroyed), 'every slow socket to be cut')
    expect(clock()).toBeLessThan(HEADER_MS + GRACE_MS + 500)
    await silent.answersNow()
  })

  /**
   * A generation that has not said a word yet. Five minutes are too long for a test, so two things are shown: it outlives
   * the sweep that ends slow headers, and none of the sockets it runs on has a timeout at all.
   */
  async function startSilence(): Promise<{ answersNow(): Promise<void> }> {
    const sockets: Socket[] = []
    const note = (message: unknown) => void sockets.push((message as { socket: Socket }).socket)
    for (const channel of CHANNELS) subscribe(channel, note)
    let answer: () => void = () => undefined
    const upstream = await startRawUpstream((socket) => {
      answer = () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}')
    })
    const waiting = await startGateway({ upstream: upstream.url })
    const { secret } = await waiting.createKey()
    const connection = await openRaw(waiting.port)
    connection.send(
      `POST /api/chat HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\nContent-Length: 25\r\n\r\n{"model":"sample-small"} `,
    )
    await until(() => upstream.heard[0]?.includes('sample-small'), 'the request to arrive')
    for (const channel of CHANNELS) unsubscribe(channel, note)
    expect(sockets.length).toBeGreaterThanOrEqual(4)
    expect(sockets.map((socket) => socket.timeout ?? 0)).toEqual(sockets.map(() => 0))
    return {
      answersNow: async () => {
        answer()
        expect((await connection.readResponse()).status).toBe(200)
        connection.close()
        await waiting.close()
        upstream.close()
      },
    }
  }

  /** Sends the head of a request, but never its end. */
  function dripping(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(gateway.port, '127.0.0.1', () => {
        socket.write('GET /api/tags HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
        resolve(socket)
      })
      socket.on('error', reject)
      socket.on('data', () => undefined)
    })
  }
})

describe('a body without end', () => {
  it('is cut at the limit, with little held in memory', async () => {
    const small = await gateway.createKey({ models: ['sample-small'] })
    const connection = await openRaw(gateway.port)
    connection.send(
      `POST /api/chat HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${small.secret}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    )
    const stop = pour(connection.socket)
    const answer = await connection.readResponse()
    stop()
    expect(answer.status).toBe(413)
    expect(gateway.received).toEqual([])
  })

  it('without a key is refused from its head, and its body is not read endlessly', async () => {
    const connection = await openRaw(gateway.port)
    connection.send('POST /api/chat HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n')
    const stop = pour(connection.socket)
    expect((await connection.readResponse()).status).toBe(401)
    await until(() => connection.socket.destroyed, 'the connection to be closed')
    stop()
  })

  /** Sends chunk after chunk as fast as they are taken. */
  function pour(socket: Socket): () => void {
    const piece = Buffer.from(`10000\r\n${'a'.repeat(0x10000)}\r\n`)
    let stopped = false
    const push = () => {
      while (!stopped && !socket.destroyed) if (!socket.write(piece)) return void socket.once('drain', push)
    }
    push()
    return () => {
      stopped = true
    }
  }
})

describe('a flood of wrong keys', () => {
  it('is slowed, while a good key from the same address is served', async () => {
    const attempts = Array.from({ length: 60 }, () =>
      fetch(`${gateway.url}/api/tags`, { headers: { 'x-api-key': 'sk-lk-wrong' } }),
    )
    const statuses = (await Promise.all(attempts)).map((answer) => answer.status)
    expect(statuses).toContain(429)
    const slowed = await fetch(`${gateway.url}/api/tags`, { headers: { 'x-api-key': 'sk-lk-wrong' } })
    expect(Number(slowed.headers.get('retry-after'))).toBeGreaterThan(0)
    const good = await fetch(`${gateway.url}/api/tags`, { headers: { 'x-api-key': key.secret } })
    expect(good.status).toBe(200)
    expect(gateway.received).toHaveLength(1)
  })
})

describe('closing', () => {
  it('lets a running stream end within its time, refuses new ones, and holds on to no socket', async () => {
    const closing = await startGateway({ chunkDelayMs: 20 })
    const { secret } = await closing.createKey()
    const body = '{"model":"sample-small","messages":[{"role":"user","content":"hi"}]}'
    const stream = await fetch(`${closing.url}/api/chat`, { method: 'POST', headers: { 'x-api-key': secret }, body })
    const idle = await openRaw(closing.port)
    const closed = closing.gateway.close(5_000)
    expect(await stream.text()).toContain('"done":true')
    await closed
    await until(() => idle.socket.destroyed, 'the unused socket to be closed')
    await expect(fetch(closing.url)).rejects.toThrow()
    await closing.close()
  })
})
