import { afterEach, describe, expect, test } from 'vitest'
import { LAN_HOST, type LanGateway, type LanGatewayOptions, NAME, startLanGateway } from '../support/lan-gateway.ts'
import { CHAT, startStream } from '../support/lan-stream.ts'
import { startOwnClock } from '../support/own-clock.ts'
import { until } from '../support/until.ts'

let lan: LanGateway
afterEach(() => lan?.close())

const start = async (options?: LanGatewayOptions) => {
  lan = await startLanGateway(options)
  return lan
}

const newKey = async () => (await lan.gateway.createKey()).secret

describe('an exchange over TLS', () => {
  test('ends within a second when its key is switched off', async () => {
    await start({ chunkDelayMs: 250 })
    const { secret, id } = await lan.gateway.createKey()
    const stream = await startStream(lan, lan.client(), secret)
    const clock = startOwnClock()
    await lan.gateway.access.keys.update(id, { enabled: false })
    await expect(stream.rest()).rejects.toThrow()
    expect(clock()).toBeLessThan(1_000)
    expect(await lan.gateway.record()).toMatchObject({ outcome: 'cut_off', reason: 'key_revoked' })
  })

  test('ends at the upstream when the client leaves', async () => {
    await start({ chunkDelayMs: 250 })
    const client = lan.client()
    await startStream(lan, client)
    await client.agent.destroy()
    expect(await lan.gateway.received[0]?.ended).toBe('cut')
    expect(await lan.gateway.record()).toMatchObject({ outcome: 'client_aborted' })
  })

  test('ends for the client when the upstream breaks off, and never looks whole', async () => {
    await start({ chunkDelayMs: 250 })
    const stream = await startStream(lan)
    await lan.gateway.gateway.close(0)
    await expect(stream.rest()).rejects.toThrow()
    expect(await lan.gateway.record()).toMatchObject({ outcome: 'cut_off', reason: 'shutting_down' })
  })

  test('may finish while the gateway drains', async () => {
    await start({ chunkDelayMs: 10 })
    const stream = await startStream(lan)
    const closed = lan.gateway.gateway.close(30_000)
    expect(await stream.rest()).toContain('"done":true')
    await closed
  })

  test('goes on when the gateway moves to another port, and ends when the address is taken away', async () => {
    await start({ chunkDelayMs: 50 })
    const stream = await startStream(lan)
    const { port } = await lan.gateway.gateway.listen({ hosts: ['127.0.0.1', LAN_HOST], port: 0 })
    expect(port).not.toBe(lan.port)
    await stream.reader.read()
    await lan.gateway.gateway.listen({ hosts: ['127.0.0.1'], port })
    await expect(stream.rest()).rejects.toThrow()
    expect(await lan.gateway.record()).toMatchObject({ reason: 'address_closed' })
  })

  test('is refused with the sentences of loopback: CONNECT, unreadable heads, foreign hosts', async () => {
    await start()
    const ask = async (text: string) => {
      const socket = await lan.secure()
      socket.write(text)
      let said = ''
      for await (const piece of socket) said += String(piece)
      return said
    }
    expect(await ask('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n')).toMatch(/^HTTP\/1\.1 501 /)
    expect(await ask('GET / HTTP/1.1\r\nHost : x\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
    const foreign = 'GET /api/tags HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'
    expect(await ask(foreign)).toMatch(/^HTTP\/1\.1 403 [\s\S]*host_not_allowed/)
    const absolute = (scheme: string) =>
      ask(`GET ${scheme}://${NAME}:${lan.port}/api/tags HTTP/1.1\r\nHost: ${NAME}\r\nConnection: close\r\n\r\n`)
    expect(await absolute('https')).toMatch(/^HTTP\/1\.1 401 /)
    expect(await absolute('http')).toMatch(/^HTTP\/1\.1 400 [\s\S]*not_a_proxy/)
  })

  test('has the deadlines of loopback: a slow head ends, also after the handshake', async () => {
    await start({ timeouts: { head: 300 } })
    const socket = await lan.secure()
    socket.write('GET /api/tags HTTP/1.1\r\n')
    let said = ''
    for await (const piece of socket) said += String(piece)
    expect(said).toMatch(/^HTTP\/1\.1 408 /)
  })

  test('slows the upstream down while its client does not read', async () => {
    let sent = 0
    const { createServer } = await import('node:http')
    const upstream = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson' })
      const more = () => {
        while (sent < 400_000_000) {
          const piece = `${'x'.repeat(64 * 1024)}\n`
          sent += piece.length
          if (!response.write(piece)) return void response.once('drain', more)
        }
        response.end()
      }
      more()
    })
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
    const { port } = upstream.address() as { port: number }
    await start({ upstream: `http://127.0.0.1:${port}` })
    const socket = await lan.secure()
    socket.pause()
    socket.write(
      `POST /api/chat HTTP/1.1\r\nHost: ${NAME}\r\nx-api-key: ${await newKey()}\r\nContent-Length: ${CHAT.length}\r\n\r\n${CHAT}`,
    )
    await until(() => sent > 0, 'the answer to begin')
    let before = -1
    // Quiet when two looks find the same.
    await until(async () => {
      const same = sent === before
      before = sent
      await new Promise((resolve) => setTimeout(resolve, 300))
      return same && sent === before
    }, 'the upstream to wait')
    expect(sent).toBeLessThan(100_000_000)
    socket.destroy()
    upstream.closeAllConnections()
    upstream.close()
  })
})
