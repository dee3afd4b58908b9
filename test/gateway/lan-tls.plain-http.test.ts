import { afterEach, describe, expect, test } from 'vitest'
import { LAN_HOST, type LanGateway, type LanGatewayOptions, NAME, startLanGateway } from '../support/lan-gateway.ts'
import { CHAT, startStream } from '../support/lan-stream.ts'
import { exchangeRaw, openRaw } from '../support/raw-http.ts'
import { until } from '../support/until.ts'

let lan: LanGateway
afterEach(() => lan?.close())

const start = async (options?: LanGatewayOptions) => {
  lan = await startLanGateway(options)
  return lan
}

const newKey = async () => (await lan.gateway.createKey()).secret

describe('http:// on the TLS port', () => {
  const plain = (head: string, body = '') =>
    exchangeRaw(
      lan.port,
      `${head}\r\nHost: ${NAME}:${lan.port}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      undefined,
      LAN_HOST,
    )

  test('is answered with a sentence that says https, and closed', async () => {
    await start()
    const said = await plain('GET / HTTP/1.1')
    expect(said).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/)
    expect(said).toContain(`use https://${NAME}:${lan.port} instead`)
    expect(said).toContain(`open http://${NAME}:${lan.port}/trust `)
    expect(said).toMatch(/Upgrade: TLS\/1\.2, HTTP\/1\.1\r\n/)
    expect(lan.state().devices).toMatchObject([{ lastFailure: { reason: 'plain_http' }, lastSecureAt: null }])
  })

  test('is answered in the dialect of the route, and the key and the question go nowhere', async () => {
    await start()
    const secret = await newKey()
    const ask = (path: string) => plain(`POST ${path} HTTP/1.1\r\nAuthorization: Bearer ${secret}`, CHAT)
    expect(JSON.parse((await ask('/api/chat')).split('\r\n\r\n')[1] ?? '')).toEqual({
      error: expect.stringContaining('https://') as unknown,
    })
    expect(JSON.parse((await ask('/v1/chat/completions')).split('\r\n\r\n')[1] ?? '')).toMatchObject({
      error: { message: expect.stringContaining('https://') as unknown, code: 'https_required' },
    })
    expect(lan.gateway.received).toEqual([])
    expect(lan.gateway.records).toEqual([])
    expect(lan.log()).not.toContain(secret)
  })

  test('gives the authority’s certificate, but not to a page under a foreign name', async () => {
    await start()
    const get = (host: string) =>
      exchangeRaw(lan.port, `GET /trust/latchkey.crt HTTP/1.1\r\nHost: ${host}\r\n\r\n`, undefined, LAN_HOST)
    expect(await get(NAME)).toMatch(/^HTTP\/1\.1 200 /)
    expect(await get('rebound.example')).toMatch(/^HTTP\/1\.1 403 /)
  })

  test('answers a large body and a client that waits to send it', async () => {
    await start()
    expect(await plain('POST /api/blobs/sha256:0 HTTP/1.1', 'x'.repeat(3_000_000))).toMatch(/^HTTP\/1\.1 426 /)
    const waiting = await openRaw(lan.port, LAN_HOST)
    waiting.send(`POST /api/chat HTTP/1.1\r\nHost: ${NAME}\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n`)
    expect(await waiting.readToEnd()).toMatch(/^HTTP\/1\.1 426 /)
  })
})

describe('TLS switched off and on', () => {
  const plainStream = async () => {
    const connection = await openRaw(lan.port, LAN_HOST)
    connection.send(
      `POST /api/chat HTTP/1.1\r\nHost: ${NAME}\r\nx-api-key: ${await newKey()}\r\nContent-Length: ${CHAT.length}\r\n\r\n${CHAT}`,
    )
    await until(() => connection.socket.bytesRead > 0, 'the stream to begin')
    return connection
  }

  test('ends only plain streams, without another listener', async () => {
    await start({ chunkDelayMs: 100, settings: { lanTls: 'off' } })
    const [plain, idle] = [await plainStream(), await openRaw(lan.port, LAN_HOST)]
    await lan.follow({ lanTls: 'authority' })
    expect(await plain.readToEnd()).not.toContain('"done":true')
    await idle.readToEnd()
    expect(await lan.gateway.record()).toMatchObject({ outcome: 'cut_off', reason: 'address_closed' })
    const secure = await startStream(lan)
    await lan.follow({ lanTls: 'off' })
    const again = await plainStream()
    await lan.follow({ lanTls: 'authority' })
    expect(await again.readToEnd()).not.toContain('"done":true')
    expect(await secure.rest()).toContain('"done":true')
  })
})
