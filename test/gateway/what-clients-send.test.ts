import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { exchangeRaw, openRaw } from '../support/raw-http.ts'

const run = promisify(execFile)
let gateway: TestGateway
let key: IssuedKey

beforeAll(async () => {
  gateway = await startGateway()
  key = await gateway.createKey({ allowInUrl: true })
})
beforeEach(() => {
  gateway.received.length = 0
  gateway.records.length = 0
})
afterAll(() => gateway.close())

const BODY = '{"model":"sample-small","messages":[],"stream":false}'
const H2C = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA']

interface Request {
  target?: string
  host?: string
  auth?: string
  lines?: readonly string[]
}

function chat({
  target = '/api/chat',
  host = 'localhost',
  lines = [],
  auth = `Bearer ${key.secret}`,
}: Request): string {
  const head = [`POST ${target} HTTP/1.1`, `Host: ${host}`, `Authorization: ${auth}`, ...lines]
  return `${[...head, `Content-Length: ${BODY.length}`].join('\r\n')}\r\n\r\n${BODY}`
}

/** Asks and closes. Resolves to the status and what it says. */
async function ask(request: Request): Promise<{ status: number; text: string }> {
  const text = await exchangeRaw(
    gateway.port,
    chat({ ...request, lines: [...(request.lines ?? []), 'Connection: close'] }),
  )
  return { status: Number(text.slice(9, 12)), text }
}

function namesSent(): string[] {
  return gateway.received.flatMap(({ rawHeaders }) =>
    rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase()),
  )
}

describe('an offer to go on in another protocol', () => {
  it.each([
    ['of Java and curl', H2C],
    ['in capitals', ['Connection: upgrade', 'Upgrade: H2C']],
    ['without its Connection', ['Upgrade: h2c']],
    ['of several', ['Connection: Upgrade', 'Upgrade: h2c, TLS/1.0', 'Upgrade: foo/2']],
  ])('%s is ignored, answered in HTTP/1.1 and not passed on, and the connection goes on', async (_name, lines) => {
    const connection = await openRaw(gateway.port)
    for (let round = 0; round < 2; round++) {
      connection.send(chat({ lines }))
      const answer = await connection.readResponse()
      expect([answer.status, answer.headers.has('upgrade'), answer.body]).toEqual([
        200,
        false,
        expect.stringContaining('"message"'),
      ])
    }
    connection.close()
    expect(gateway.received).toHaveLength(2)
    expect(gateway.received[1]?.body.toString()).toBe(BODY)
    expect(namesSent().filter((name) => name === 'upgrade' || name === 'http2-settings')).toEqual([])
  })

  it('does not excuse a request from any rule', async () => {
    expect((await ask({ lines: ['Upgrade: h2c'], auth: 'Bearer wrong' })).status).toBe(401)
    expect((await ask({ lines: ['Upgrade: h2c'], host: 'evil.example' })).status).toBe(403)
    expect(gateway.received).toEqual([])
  })

  it.each(['websocket', 'WebSocket', 'websocket/13', 'h2c, websocket', ' websocket '])(
    'of a WebSocket (%s) is refused',
    async (upgrade) => {
      const answer = await exchangeRaw(gateway.port, chat({ lines: ['Connection: Upgrade', `Upgrade: ${upgrade}`] }))
      expect(answer).toMatch(/^HTTP\/1\.1 501 /)
      expect(gateway.received).toEqual([])
    },
  )

  it('by the real curl is answered', async (context) => {
    const args = ['--http2', '-s', '-w', '%{http_code} %{http_version}', '-H', `x-api-key: ${key.secret}`]
    const curl = await run('curl', [...args, '-d', BODY, `${gateway.url}/api/chat`]).catch(() => undefined)
    if (curl === undefined) return context.skip('there is no curl here')
    expect(curl.stdout).toMatch(/"message".*200 1\.1$/s)
  })
})

describe('a target in absolute-form', () => {
  it.each([
    ['http://localhost:11500', 200],
    ['HTTP://LOCALHOST', 200],
    ['http://127.0.0.1:80', 200],
    ['http://[::1]', 200],
    ['http://host.docker.internal:11500', 200],
    ['http://localhost:', 200],
  ])('of this computer is judged by its path: %s', async (base, status) => {
    expect((await ask({ target: `${base}/api/chat` })).status).toBe(status)
    expect(gateway.received[0]?.url).toBe('/api/chat')
    expect(namesSent()).toContain('host')
  })

  it('carries a key in its path and in its host as any other', async () => {
    const none = 'Bearer none'
    expect((await ask({ target: `http://localhost/k/${key.secret}/api/chat`, auth: none })).status).toBe(200)
    expect((await ask({ target: `http://${key.secret}.localhost/api/chat`, auth: none })).status).toBe(200)
    expect(JSON.stringify(gateway.received)).not.toContain(key.secret)
  })

  it('with nothing behind its host is the root', async () => {
    for (const target of ['http://localhost', 'http://localhost/']) {
      const answer = await exchangeRaw(
        gateway.port,
        `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      )
      expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*Ollama is running$/)
    }
  })

  it('takes the place of Host (RFC 9112, 3.2.2), which must be one line all the same', async () => {
    expect((await ask({ target: 'http://localhost/api/chat', host: 'other.example' })).status).toBe(200)
    expect((await ask({ target: 'http://localhost/api/chat', host: 'user@localhost' })).status).toBe(400)
    expect((await ask({ target: 'http://localhost/api/chat', lines: ['Host: localhost'] })).status).toBe(400)
  })

  it.each([
    'http://evil.example/api/chat',
    'http://localhost.evil.example/api/chat',
    'https://localhost/api/chat',
    'ftp://localhost/api/chat',
    'http://user@localhost/api/chat',
    'http:///api/chat',
    'http://localhost:99999999/api/chat',
    'http:localhost/api/chat',
    'localhost:11500',
    '*',
  ])('of another is refused: %s', async (target) => {
    const { status, text } = await ask({ target })
    expect([400, 421]).toContain(status)
    expect(text).not.toMatch(/access-control-allow-origin[^]*evil/i)
    expect(gateway.received).toEqual([])
  })

  it.each([
    'http://localhost//api/pull',
    'http://localhost/api/%70ull',
    'http://localhost/../api/pull',
    'http://localhost/api/pull/',
  ])('has one spelling as any other: %s', async (target) => {
    expect((await ask({ target })).status).toBe(400)
    expect(gateway.received).toEqual([])
  })
})

describe('header lines that come twice', () => {
  it.each([
    ['Content-Type', 'application/json', 'application/json'],
    ['User-Agent', 'app/1', 'app/1'],
    ['Accept', 'application/json', 'application/json'],
    ['Accept', 'application/json', 'text/plain'],
    ['Cookie', 'a=1', 'a=1'],
    ['Cookie', 'a=1', 'b=2'],
    ['Connection', 'keep-alive', 'keep-alive'],
    ['Connection', 'keep-alive', 'X-Extra'],
    ['Origin', 'https://one.example', 'https://one.example'],
    ['Sec-Fetch-Site', 'cross-site', 'cross-site'],
    ['Expect', '100-continue', '100-continue'],
    ['Upgrade', 'h2c', 'h2c'],
  ])('are accepted where that is harmless: %s: %s and %s', async (name, one, other) => {
    const connection = await openRaw(gateway.port)
    connection.send(chat({ lines: [`${name}: ${one}`, `${name}: ${other}`] }))
    const answer = await connection.readResponse()
    const last = answer.status === 100 ? await connection.readResponse() : answer
    expect(last.status).toBe(200)
    connection.close()
    expect(gateway.received).toHaveLength(1)
    expect(namesSent().filter((sent) => sent === 'content-type').length).toBeLessThan(2)
  })

  it('of Authorization pass with one value', async () => {
    expect((await ask({ lines: [`Authorization: Bearer ${key.secret}`] })).status).toBe(200)
  })

  it('of Connection all name what is not passed on', async () => {
    await ask({ lines: ['Connection: x-one', 'Connection: x-two', 'X-One: a', 'X-Two: b', 'X-Three: c'] })
    expect(namesSent()).toContain('x-three')
    expect(namesSent().filter((name) => name === 'x-one' || name === 'x-two')).toEqual([])
  })

  it.each([
    ['host', ['Host: localhost']],
    ['authorization', ['Authorization: Bearer other']],
    ['x-api-key', ['x-api-key: a', 'x-api-key: a']],
    ['api-key', ['API-Key: a', 'api-key: a']],
    ['xi-api-key', ['xi-api-key: a', 'xi-api-key: a']],
    ['content-type', ['Content-Type: application/json', 'Content-Type: text/plain']],
    ['content-encoding', ['Content-Encoding: gzip', 'Content-Encoding: gzip']],
    ['origin', ['Origin: https://one.example', 'Origin: https://two.example']],
    ['user-agent', ['User-Agent: one', 'User-Agent: two']],
  ])('of %s are refused, and the refusal names it', async (name, lines) => {
    const { status, text } = await ask({ lines })
    expect([status, gateway.received]).toEqual([400, []])
    expect(text).toContain(`“${name}” header`.replace(/[“”]/g, (quote) => Buffer.from(quote).toString('latin1')))
    expect(text).toMatch(/\r\nConnection: close\r\n/)
    expect(await gateway.record()).toMatchObject({ reason: 'header_repeated' })
  })
})

describe('a length with leading zeros', () => {
  it('is one number, here and for the upstream, streamed or held', async () => {
    const held = await gateway.createKey({ models: ['sample-small'] })
    for (const { secret } of [key, held]) {
      const bytes = chat({ auth: `Bearer ${secret}`, lines: ['Connection: close'] })
      const padded = bytes.replace('Content-Length: ', 'Content-Length: 000')
      expect(await exchangeRaw(gateway.port, padded)).toMatch(/^HTTP\/1\.1 200 /)
    }
    const sent = gateway.received.map(({ rawHeaders }) => rawHeaders.map((line) => line.toLowerCase()))
    const lengths = sent.map((lines) => lines[lines.indexOf('content-length') + 1])
    expect(lengths).toEqual([String(BODY.length), String(BODY.length)])
  })

  it('of nothing is nothing', async () => {
    const bytes = `GET /api/tags HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${key.secret}\r\nContent-Length: 00\r\nConnection: close\r\n\r\n`
    expect(await exchangeRaw(gateway.port, bytes)).toMatch(/^HTTP\/1\.1 200 /)
    expect(gateway.received).toHaveLength(1)
    expect(JSON.stringify(gateway.received[0]?.rawHeaders)).not.toContain('"00"')
  })
})
