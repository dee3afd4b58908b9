import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { exchangeRaw } from '../support/raw-http.ts'

let gateway: TestGateway
let key: IssuedKey

beforeAll(async () => {
  gateway = await startGateway()
  key = await gateway.createKey()
})
beforeEach(() => {
  gateway.received.length = 0
  gateway.records.length = 0
  gateway.questions.length = 0
  gateway.settings.unknownOrigins = 'key'
})
afterAll(() => gateway.close())

const auth = (secret = key.secret) => ({ authorization: `Bearer ${secret}` })

const NEEDS_KEY: unknown = expect.stringContaining('needs a key')
// Ollama's command line reads `status` on a 401, and everything else reads `error`.
const IN_OLLAMAS = { error: NEEDS_KEY, status: NEEDS_KEY }

describe('a refusal speaks the dialect of its route', () => {
  it.each([
    ['/api/chat', IN_OLLAMAS],
    ['/nowhere', IN_OLLAMAS],
    [
      '/v1/chat/completions',
      {
        error: {
          message: expect.stringContaining('needs a key'),
          type: 'authentication_error',
          code: 'key_missing',
          param: null,
        },
      },
    ],
    [
      '/v1/messages',
      { type: 'error', error: { type: 'authentication_error', message: expect.stringContaining('needs a key') } },
    ],
  ])('%s', async (path, body) => {
    const answer = await fetch(gateway.url + path, { method: 'POST', body: '{}' })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="latchkey"')
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(await answer.json()).toEqual(body)
    expect(gateway.received).toEqual([])
  })

  it('and leaves one record with the reason, and no more of the key than its id', async () => {
    const limited = await gateway.createKey({ scopes: ['models'] })
    await fetch(`${gateway.url}/api/chat`, {
      method: 'POST',
      headers: auth(limited.secret),
      body: '{"model":"sample-small","secret":"words"}',
    })
    expect(await gateway.record()).toMatchObject({
      outcome: 'refused',
      reason: 'scope_missing',
      status: 403,
      keyId: limited.id,
      route: '/api/chat',
    })
    expect(gateway.records).toHaveLength(1)
    expect(JSON.stringify(gateway.records)).not.toMatch(/words|sk-lk-[a-z2-7]{20}/)
  })

  it('keeps the connection for a small body, so that the next request can use it', async () => {
    const bytes = (secret: string) =>
      `POST /api/show HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\nContent-Length: 24\r\n`
    const body = '{"model":"sample-small"}'
    const answer = await exchangeRaw(
      gateway.port,
      `${bytes('wrong')}\r\n${body}${bytes(key.secret)}Connection: close\r\n\r\n${body}`,
    )
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200'])
  })

  it('reaches a client that is still sending a large body', async () => {
    const body = Buffer.alloc(8_000_000, 'a')
    const answer = await fetch(`${gateway.url}/api/chat`, { method: 'POST', headers: auth('sk-lk-wrong'), body })
    expect([answer.status, await answer.json()]).toEqual([
      401,
      { error: expect.stringContaining('mistyped'), status: expect.any(String) },
    ])
  })
})

describe('what a key covers', () => {
  const routes = [
    ['POST', '/api/chat', 'chat'],
    ['POST', '/v1/chat/completions', 'chat'],
    ['POST', '/v1/messages', 'chat'],
    ['POST', '/v1/embeddings', 'chat'],
    ['GET', '/api/tags', 'models'],
    ['GET', '/v1/models', 'models'],
    ['POST', '/api/show', 'models'],
    ['POST', '/api/pull', 'manage'],
    ['DELETE', '/api/delete', 'manage'],
    ['POST', '/api/copy', 'manage'],
    ['POST', '/api/blobs/sha256:0000', 'manage'],
    ['POST', '/api/me', 'manage'],
    ['POST', '/api/signout', 'all'],
    ['POST', '/api/experimental/web_fetch', 'all'],
    ['POST', '/api/something-new', 'all'],
    ['PUT', '/api/chat', 'all'],
    ['GET', '/api/chat', 'all'],
  ] as const

  it.each(routes)('%s %s needs %s', async (method, path, needed) => {
    for (const scope of ['chat', 'models', 'manage', 'usage', 'all'] as const) {
      const one = await gateway.createKey({ scopes: [scope], online: true })
      gateway.received.length = 0
      const body = method === 'GET' ? undefined : '{"model":"sample-small"}'
      const answer = await fetch(gateway.url + path, {
        method,
        headers: auth(one.secret),
        ...(body === undefined ? {} : { body }),
      })
      await answer.arrayBuffer()
      const mayPass = scope === needed || scope === 'all'
      expect([scope, gateway.received.length], `${scope} on ${path}`).toEqual([scope, mayPass ? 1 : 0])
      if (!mayPass) expect(answer.status).toBe(403)
    }
  })
})

describe('CORS', () => {
  it('answers a preflight without a key, naming the headers that were asked for', async () => {
    const answer = await preflight({
      'Access-Control-Request-Headers': 'authorization, x-api-key,anthropic-version, b@d',
    })
    expect(answer).toMatch(/^HTTP\/1\.1 204 /)
    expect(answer).toContain('Access-Control-Allow-Origin: *\r\n')
    expect(answer).toContain('Access-Control-Allow-Headers: authorization, x-api-key, anthropic-version\r\n')
    expect(answer).toContain('Access-Control-Max-Age: 300\r\n')
    expect(answer).not.toMatch(/allow-credentials|private-network/i)
    expect(gateway.received).toEqual([])
  })

  it('allows the private network only when asked', async () => {
    expect(await preflight({ 'Access-Control-Request-Private-Network': 'true' })).toContain(
      'Access-Control-Allow-Private-Network: true',
    )
  })

  it('tells a blocked site nothing, not even why', async () => {
    await gateway.access.origins.decide('https://blocked.example', 'blocked')
    const refused = await preflight({ Origin: 'https://blocked.example' })
    expect(refused).toMatch(/^HTTP\/1\.1 403 /)
    expect(refused).not.toMatch(/access-control/i)
    const answer = await fetch(`${gateway.url}/api/tags`, { headers: { ...auth(), origin: 'https://blocked.example' } })
    expect(answer.status).toBe(403)
    expect(answer.headers.has('access-control-allow-origin')).toBe(false)
    expect(gateway.received).toEqual([])
  })

  async function preflight(headers: Record<string, string>): Promise<string> {
    const lines = { Origin: 'https://site.example', 'Access-Control-Request-Method': 'POST', ...headers }
    const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}`)
    return exchangeRaw(
      gateway.port,
      `OPTIONS /v1/messages HTTP/1.1\r\nHost: localhost\r\n${head.join('\r\n')}\r\nConnection: close\r\n\r\n`,
    )
  }
})

describe('origins', () => {
  const from = (origin: string, secret?: string) =>
    fetch(`${gateway.url}/api/tags`, { headers: { ...auth(secret), origin } })

  it('that are new come in with a valid key and are remembered', async () => {
    expect((await from('https://new.example')).status).toBe(200)
    expect((await gateway.access.origins.list()).find((one) => one.origin === 'https://new.example')).toMatchObject({
      status: 'allowed',
      decidedBy: 'key',
    })
  })

  it('that are new wait for the person when the setting says ask, and are asked about once', async () => {
    gateway.settings.unknownOrigins = 'ask'
    expect((await from('https://ask.example', 'sk-lk-wrong')).status).toBe(401)
    expect(gateway.questions).toEqual([])
    for (let round = 0; round < 3; round++) {
      const answer = await from('https://ask.example')
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([403, '*'])
    }
    expect(gateway.questions.map((question) => question.origin)).toEqual(['https://ask.example'])
    await gateway.access.origins.decide('https://ask.example', 'allowed')
    expect((await from('https://ask.example')).status).toBe(200)
  })

  it('that only look like this computer are origins like any other, and need a key', async () => {
    for (const origin of [
      'null',
      'http://localhost.evil.com',
      'http://localhost:3000',
      'http://127.0.0.1',
      'file://',
    ]) {
      const answer = await fetch(`${gateway.url}/api/tags`, { headers: { origin } })
      expect([origin, answer.status]).toEqual([origin, 401])
    }
    expect(gateway.received).toEqual([])
  })

  it('outside a key’s list are refused for that key', async () => {
    const one = await gateway.createKey({ origins: ['https://mine.example'] })
    expect((await from('https://mine.example', one.secret)).status).toBe(200)
    expect((await from('https://other.example', one.secret)).status).toBe(403)
    expect(await gateway.record(1)).toMatchObject({ reason: 'origin_not_allowed' })
  })
})

describe('Host', () => {
  const get = (host: string) =>
    exchangeRaw(gateway.port, `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)

  it.each([
    'localhost',
    'LOCALHOST:11500',
    'localhost.',
    'some.localhost',
    '127.0.0.1',
    '127.1.2.3:80',
    '[::1]:11500',
    '[0:0:0:0:0:0:0:1]',
    'host.docker.internal',
  ])('%s means this computer', async (host) => {
    expect(await get(host)).toMatch(/^HTTP\/1\.1 200 /)
  })

  it.each([
    'evil.example',
    'localhost.evil.example',
    '192.168.1.2',
    '127.0.0.1.nip.io',
    '[::2]',
    '[::ffff:1.2.3.4]',
    '128.0.0.1',
    '127.0.0.256',
  ])('%s may be a rebound name', async (host) => {
    const answer = await get(host)
    expect(answer).toMatch(/^HTTP\/1\.1 403 /)
    expect(answer).not.toMatch(/access-control/i)
  })

  it('listed in the settings is answered', async () => {
    gateway.settings.hosts = new Set(['ollama.home.example'])
    expect(await get('ollama.home.example:11500')).toMatch(/^HTTP\/1\.1 200 /)
    gateway.settings.hosts = new Set()
  })
})

describe('a page without a key', () => {
  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'that posts %s, which needs no preflight, changes nothing',
    async (type) => {
      const headers = { 'content-type': type, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
      const answer = await fetch(`${gateway.url}/api/delete`, {
        method: 'POST',
        headers,
        body: '{"model":"sample-small"}',
      })
      expect(answer.status).toBe(401)
      expect(gateway.received).toEqual([])
    },
  )
})
