import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { CHAT, chatGateways, startChat } from '../support/chats.ts'
import { startOwnClock } from '../support/own-clock.ts'
import { openRaw } from '../support/raw-http.ts'
import { until } from '../support/until.ts'

const { before, sample } = chatGateways()

const NDJSON = 'HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n'
const LINE = '{"model":"m","message":{"role":"assistant","content":"x"},"done":false}\n'
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`

describe('a stream', () => {
  it('comes piece by piece, not at its end', async () => {
    const sockets: Socket[] = []
    const { gateway } = await before((socket) => {
      sockets.push(socket)
      socket.write(NDJSON + chunk(LINE))
    })
    const answer = await startChat(gateway)
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe(LINE)
    sockets[0]?.write(chunk(LINE.replace('x', 'y')))
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe(LINE.replace('x', 'y'))
    await reader.cancel()
  })

  it('sends its head before its first token', async () => {
    const { gateway } = await before((socket) => socket.write(NDJSON))
    const answer = await startChat(gateway)
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson')
    await answer.body?.cancel()
  })

  it('whose client leaves ends the upstream’s work at once', async () => {
    const { gateway, upstream } = await before((socket) => socket.write(NDJSON + chunk(LINE)))
    const answer = await startChat(gateway)
    const clock = startOwnClock()
    await answer.body?.cancel()
    await until(() => upstream.sockets[0]?.destroyed || upstream.sockets[0]?.readableEnded, 'the upstream to be left')
    expect(clock()).toBeLessThan(1_000)
    expect(await gateway.record()).toMatchObject({ outcome: 'client_aborted', metered: false, status: 200 })
  })

  it('whose client leaves before the first byte ends the upstream’s work too', async () => {
    const { gateway, upstream } = await before(() => undefined)
    const key = await gateway.createKey()
    const connection = await openRaw(gateway.port)
    connection.send(
      `POST /api/chat HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${key.secret}\r\nContent-Length: ${CHAT.length}\r\n\r\n${CHAT}`,
    )
    await until(() => upstream.heard[0]?.includes('sample-small'), 'the request to arrive')
    connection.close()
    await until(() => upstream.sockets[0]?.destroyed || upstream.sockets[0]?.readableEnded, 'the upstream to be left')
    expect(await gateway.record()).toMatchObject({ outcome: 'client_aborted', status: 0, metered: false })
  })

  it('whose upstream dies in mid-line is cut, never ended as if whole', async () => {
    const { gateway } = await before((socket) => {
      socket.write(NDJSON + chunk(LINE) + '40\r\n{"model"')
      setImmediate(() => socket.destroy())
    })
    const key = await gateway.createKey()
    const connection = await openRaw(gateway.port)
    connection.send(
      `POST /api/chat HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${key.secret}\r\nContent-Length: ${CHAT.length}\r\n\r\n${CHAT}`,
    )
    const bytes = await connection.readToEnd()
    expect(bytes).toContain('HTTP/1.1 200')
    expect(bytes).not.toContain('\r\n0\r\n\r\n')
    expect(await gateway.record()).toMatchObject({ outcome: 'cut_off', reason: 'upstream_died', metered: false })
  })

  it('shorter than its Content-Length is cut', async () => {
    const { gateway } = await before((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a":1}'),
    )
    const answer = await startChat(gateway)
    await expect(answer.text()).rejects.toThrow()
    expect(await gateway.record()).toMatchObject({ outcome: 'cut_off' })
  })

  it('that carries an error under status 200 is recorded as one', async () => {
    const { gateway } = await before((socket) =>
      socket.end(`${NDJSON + chunk(LINE) + chunk('{"error":"out of memory"}\n')}0\r\n\r\n`),
    )
    expect(await (await startChat(gateway)).text()).toContain('out of memory')
    expect(await gateway.record()).toMatchObject({ outcome: 'upstream_error', reason: 'error_in_stream', status: 200 })
  })

  it('waits for a client that does not read, and holds little meanwhile', async () => {
    let written = 0
    const big = chunk(LINE.repeat(800))
    const { gateway } = await before((socket) => {
      socket.write(NDJSON)
      const push = () => {
        while (written < 200_000_000) {
          written += big.length
          if (!socket.write(big)) return void socket.once('drain', push)
        }
      }
      push()
    })
    const key = await gateway.createKey()
    const request = httpRequest(`${gateway.url}/api/chat`, { method: 'POST', headers: { 'x-api-key': key.secret } })
    const paused = new Promise<void>((resolve) =>
      request.once('response', (response) => {
        response.pause()
        resolve()
      }),
    )
    request.end(CHAT)
    await paused
    let last = -1
    await until(() => {
      const still = written === last
      last = written
      return still && written > 0
    }, 'the upstream to be held back')
    expect(written).toBeLessThan(50_000_000)
    request.destroy()
  })

  it('goes on when its client reads again, and has lost nothing', async () => {
    const pieces = 3_000
    const piece = LINE.repeat(100)
    const { gateway } = await before((socket) => {
      socket.write(NDJSON)
      let left = pieces
      const push = () => {
        while (left-- > 0) if (!socket.write(chunk(piece))) return void socket.once('drain', push)
        socket.write('0\r\n\r\n')
      }
      push()
    })
    const { secret } = await gateway.createKey()
    const request = httpRequest(`${gateway.url}/api/chat`, { method: 'POST', headers: { 'x-api-key': secret } })
    request.end(CHAT)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    response.pause()
    await new Promise((resolve) => setTimeout(resolve, 300))
    let text = ''
    for await (const part of response.setEncoding('latin1')) text += part
    expect(text === piece.repeat(pieces)).toBe(true)
  })

  it('behind another on the same connection begins when that has ended', async () => {
    const gateway = await sample(5)
    const { secret } = await gateway.createKey()
    const body = JSON.stringify({
      model: 'sample-small',
      prompt: 'count',
      messages: [{ role: 'user', content: 'count' }],
    })
    const ask = (path: string) =>
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    const connection = await openRaw(gateway.port)
    connection.send(ask('/api/chat') + ask('/api/generate'))
    for (const [name, other] of [
      ['message', 'response'],
      ['response', 'message'],
    ] as const) {
      const lines = (await connection.readResponse()).body.trim().split('\n')
      expect(lines.length).toBeGreaterThan(2)
      for (const line of lines) expect(JSON.parse(line)).toHaveProperty(name)
      for (const line of lines) expect(JSON.parse(line)).not.toHaveProperty(other)
      expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ done: true })
    }
    connection.close()
  })

  it('ends within a second when its key is disabled', async () => {
    const gateway = await sample(200)
    const key = await gateway.createKey()
    const answer = await startChat(gateway, key.secret)
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    await gateway.access.keys.update(key.id, { enabled: false })
    const clock = startOwnClock()
    await expect(readAll(reader)).rejects.toThrow()
    expect(clock()).toBeLessThan(1_000)
    expect(await gateway.received[0]?.ended).toBe('cut')
    expect(await gateway.record()).toMatchObject({ outcome: 'cut_off', reason: 'key_revoked' })
  })

  it('ends within a second when its origin is blocked, and the next request is refused', async () => {
    const gateway = await sample(200)
    const key = await gateway.createKey()
    const headers = { authorization: `Bearer ${key.secret}`, origin: 'https://one.example' }
    const start = () => fetch(`${gateway.url}/api/chat`, { method: 'POST', headers, body: CHAT })
    const reader = ((await start()).body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    await gateway.access.origins.decide('https://one.example', 'blocked')
    await expect(readAll(reader)).rejects.toThrow()
    expect((await start()).status).toBe(403)
    expect(gateway.received).toHaveLength(1)
  })
})

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}
