import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { zstdCompressSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { exchangeRaw, openRaw } from '../support/raw-http.ts'

let gateway: TestGateway
let key: IssuedKey

beforeAll(async () => {
  gateway = await startGateway()
  key = await gateway.createKey({ scopes: ['all'] })
})
beforeEach(() => {
  gateway.received.length = 0
  gateway.records.length = 0
})
afterAll(() => gateway.close())

const auth = () => ({ authorization: `Bearer ${key.secret}` })
const CHAT = { model: 'sample-small', messages: [{ role: 'user', content: 'hello there' }] }

describe('what the upstream gets', () => {
  it('is the request without key, origin, cookies and traces of the page', async () => {
    await exchangeRaw(
      gateway.port,
      [
        'GET /api/tags HTTP/1.1',
        'Host: localhost',
        `Authorization: Bearer ${key.secret}`,
        `api-key: ${key.secret}`,
        `xi-api-key: ${key.secret}`,
        'Cookie: session=1',
        'Origin: https://example.org',
        'Referer: https://example.org/private?x=1',
        'Sec-Fetch-Mode: cors',
        'Forwarded: for=1.2.3.4',
        'X-Forwarded-For: 1.2.3.4',
        'X-Real-IP: 1.2.3.4',
        'TE: trailers',
        'Accept-Encoding: gzip, br',
        'Accept: application/json',
        'OpenAI-Beta: yes',
        'User-Agent: curl/8.0',
        'Connection: close',
        '\r\n',
      ].join('\r\n'),
    )
    const lines = headersOf(0)
    expect(Object.fromEntries(lines)).toEqual({
      host: new URL(gateway.settings.upstream).host,
      connection: expect.any(String),
      'accept-encoding': 'identity',
      accept: 'application/json',
      'openai-beta': 'yes',
      'user-agent': 'curl/8.0',
    })
  })

  it('carries the upstream’s own credential when one is configured', async () => {
    gateway.settings.upstreamCredential = 'Bearer of-the-upstream'
    await fetch(`${gateway.url}/api/tags`, { headers: auth() })
    gateway.settings.upstreamCredential = null
    expect(headersOf(0).get('authorization')).toBe('Bearer of-the-upstream')
  })

  it('is the body byte for byte, whether its length was announced or not', async () => {
    const body = JSON.stringify({ ...CHAT, stream: false, note: 'ä€😀' })
    await post('/api/chat', body)
    await fetch(`${gateway.url}/api/chat`, {
      method: 'POST',
      headers: auth(),
      body: new Blob([body]).stream(),
      duplex: 'half',
    } as RequestInit)
    expect(gateway.received.map((request) => request.body.toString())).toEqual([body, body])
    expect((await gateway.record(1)).bytesIn).toBe(Buffer.byteLength(body))
  })

  it('is a compressed body as it came, for a key that needs no look inside', async () => {
    const body = zstdCompressSync(Buffer.from(JSON.stringify(CHAT)))
    const { secret } = await gateway.createKey({ online: true })
    const headers = { authorization: `Bearer ${secret}`, 'content-encoding': 'zstd' }
    await fetch(`${gateway.url}/api/chat`, { method: 'POST', headers, body })
    expect(gateway.received[0]?.body).toEqual(body)
    expect(headersOf(0).get('content-encoding')).toBe('zstd')
  })

  it('comes from an HTTP/1.0 client as well', async () => {
    const body = JSON.stringify({ ...CHAT, stream: false })
    const answer = await exchangeRaw(
      gateway.port,
      `POST /api/chat HTTP/1.0\r\nHost: localhost\r\nx-api-key: ${key.secret}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer).not.toMatch(/transfer-encoding/i)
  })

  it('waits for 100 Continue only when the request is let in', async () => {
    const body = JSON.stringify({ ...CHAT, stream: false })
    const head = (secret: string) =>
      `POST /api/chat HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`
    const good = await openRaw(gateway.port)
    good.send(head(key.secret))
    expect((await good.readResponse()).status).toBe(100)
    good.send(body)
    expect((await good.readResponse()).status).toBe(200)
    good.close()
    expect(await exchangeRaw(gateway.port, head('wrong'))).toMatch(/^HTTP\/1\.1 401 /)
    expect(gateway.received).toHaveLength(1)
  })
})

describe('what the client gets', () => {
  let hostile: Server

  beforeAll(async () => {
    hostile = createServer((_request, response) => {
      response.writeHead(200, {
        'Access-Control-Allow-Origin': 'https://only.example',
        'Access-Control-Allow-Credentials': 'true',
        'Set-Cookie': ['a=1', 'b=2'],
        'Strict-Transport-Security': 'max-age=1',
        'X-Kept': 'yes',
        'X-Hop': 'no',
        Connection: 'X-Hop',
        'Content-Type': 'application/json',
        'Content-Length': 2,
      })
      response.end('{}')
    })
    await new Promise<void>((resolve) => hostile.listen(0, '127.0.0.1', resolve))
  })
  afterEach(() => {
    gateway.settings.upstream = usual
  })
  afterAll(() => new Promise((resolve) => hostile.close(resolve)))
  let usual = ''
  beforeEach(() => {
    usual = gateway.settings.upstream
  })

  it('has the gateway’s CORS headers and none of the upstream’s, and no cookies', async () => {
    gateway.settings.upstream = `http://127.0.0.1:${(hostile.address() as AddressInfo).port}`
    const answer = await fetch(`${gateway.url}/api/tags`, { headers: auth() })
    const headers = Object.fromEntries(answer.headers)
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-expose-headers':
        'X-Request-Id, Latchkey-Refusal, X-Should-Retry, Retry-After, Retry-After-Ms, WWW-Authenticate',
      'x-kept': 'yes',
      'content-length': '2',
    })
    for (const name of ['access-control-allow-credentials', 'set-cookie', 'strict-transport-security', 'x-hop']) {
      expect(headers).not.toHaveProperty(name)
    }
    expect(headers['x-request-id']).toBe((await gateway.record()).id)
  })

  it('is the upstream’s answer to HEAD, with its length and no body', async () => {
    const answer = await fetch(`${gateway.url}/api/tags`, { method: 'HEAD', headers: auth() })
    expect(answer.status).toBe(200)
    expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(0)
    expect(await answer.text()).toBe('')
  })

  it('is the upstream’s own error, recorded as its own', async () => {
    const answer = await post('/api/chat', JSON.stringify({ ...CHAT, model: 'nowhere' }))
    expect([answer.status, await answer.json()]).toEqual([404, { error: expect.stringContaining('not found') }])
    expect(await gateway.record()).toMatchObject({ outcome: 'upstream_error', reason: 'upstream_404', status: 404 })
  })
})

describe('the open routes', () => {
  it('answer GET and HEAD / as Ollama does, without a key', async () => {
    const get = await fetch(gateway.url)
    expect([get.status, await get.text(), get.headers.get('access-control-allow-origin')]).toEqual([
      200,
      'Ollama is running',
      '*',
    ])
    expect((await fetch(gateway.url, { method: 'HEAD' })).status).toBe(200)
  })

  it('say whether gateway and upstream are up, and nothing else', async () => {
    expect(await (await fetch(`${gateway.url}/healthz`)).json()).toEqual({ gateway: 'up', upstream: 'up' })
  })

  it('ask the upstream at most once a second, however many come', async () => {
    await Promise.all(Array.from({ length: 50 }, () => fetch(gateway.url)))
    expect(gateway.received.length).toBeLessThanOrEqual(2)
  })

  it('leave no record', async () => {
    await fetch(gateway.url)
    await fetch(`${gateway.url}/api/tags`, { headers: auth() })
    await gateway.record()
    expect(gateway.records.map((record) => record.route)).toEqual(['/api/tags'])
  })

  it('say 502 when the upstream is down', async () => {
    const alone = await startGateway({ upstream: 'http://127.0.0.1:9' })
    expect((await fetch(alone.url)).status).toBe(502)
    expect(await (await fetch(`${alone.url}/healthz`)).json()).toEqual({ gateway: 'up', upstream: 'down' })
    await alone.close()
  })
})

describe('paused', () => {
  it('answers 503 with a sentence to those who have a key', async () => {
    gateway.settings.paused = true
    const answer = await fetch(`${gateway.url}/v1/models`, { headers: auth() })
    gateway.settings.paused = false
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(await answer.json()).toMatchObject({
      error: { code: 'gateway_paused', message: expect.stringContaining('paused') },
    })
    expect(gateway.received).toEqual([])
  })
})

describe('moving', () => {
  it('listens on the new port before it leaves the old one', async () => {
    const moving = await startGateway()
    const { port } = await moving.gateway.listen({ hosts: ['127.0.0.1', '::1'], port: 0 })
    expect(port).not.toBe(moving.port)
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
    await expect(fetch(`http://127.0.0.1:${moving.port}/`)).rejects.toThrow()
    await moving.close()
  })

  it('stays where it is when the new port is taken, and says so', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as AddressInfo
    await expect(gateway.gateway.listen({ hosts: ['127.0.0.1'], port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: expect.stringContaining(String(port)),
    })
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200)
    taken.close()
  })

  it('answers on IPv6 as well, where this computer has it', async () => {
    const answer = await fetch(`http://[::1]:${gateway.port}/healthz`).catch(() => undefined)
    if (answer === undefined) console.log('skipped: no IPv6 loopback here')
    else expect(answer.status).toBe(200)
  })
})

function post(path: string, body: string): Promise<Response> {
  return fetch(gateway.url + path, { method: 'POST', headers: auth(), body })
}

function headersOf(at: number): Map<string, string> {
  const raw = gateway.received[at]?.rawHeaders ?? []
  const lines = new Map<string, string>()
  for (let index = 0; index < raw.length; index += 2)
    lines.set((raw[index] as string).toLowerCase(), raw[index + 1] as string)
  return lines
}
