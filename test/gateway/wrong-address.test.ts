import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { exchangeRaw } from '../support/raw-http.ts'

let gateway: TestGateway
const keys: IssuedKey[] = []

beforeAll(async () => {
  gateway = await startGateway()
  keys.push(await gateway.createKey(), await gateway.createKey({ scopes: ['all'], allowInUrl: true }))
  keys.push(await gateway.createKey({ endpoints: ['/api/chat'], models: ['sample-small'] }))
})
beforeEach(() => {
  gateway.received.length = 0
  gateway.records.length = 0
})
afterAll(() => gateway.close())

type Shape = 'ollama' | 'openai' | 'anthropic'
const CASES: readonly (readonly [path: string, dialect: Shape, base: string])[] = [
  ['/v1/v1/models', 'openai', '/v1'],
  ['/v1/v1/models/sample-small', 'openai', '/v1'],
  ['/v1/v1/chat/completions', 'openai', '/v1'],
  ['/models', 'openai', '/v1'],
  ['/chat/completions', 'openai', '/v1'],
  ['/completions', 'openai', '/v1'],
  ['/embeddings', 'openai', '/v1'],
  ['/responses', 'openai', '/v1'],
  ['/api/v1/models', 'openai', '/v1'],
  ['/ollama/v1/chat/completions', 'openai', '/v1'],
  ['/v1/chat/completions/chat/completions', 'openai', '/v1'],
  ['/v1/chat/completions/v1/chat/completions', 'openai', '/v1'],
  ['/v1/chat/completions/models', 'openai', '/v1'],
  ['/v1', 'openai', '/v1'],
  ['/api/v1', 'openai', '/v1'],
  ['/api/api/tags', 'ollama', ''],
  ['/api/chat/api/chat', 'ollama', ''],
  ['/v1/api/tags', 'ollama', ''],
  ['/ollama/api/chat', 'ollama', ''],
  ['/tags', 'ollama', ''],
  ['/chat', 'ollama', ''],
  ['/api', 'ollama', ''],
  ['/v1/messages/count_tokens', 'anthropic', ''],
  ['/v1/messages/batches', 'anthropic', ''],
  ['/v1/v1/messages', 'anthropic', ''],
  ['/v1/messages/v1/messages', 'anthropic', ''],
  ['/messages', 'anthropic', ''],
  ['/api/v1/messages', 'anthropic', ''],
]

describe('an address that was pasted wrongly', () => {
  it.each(CASES)('%s is a 404 in the dialect that names the right one, for every key', async (path, dialect, base) => {
    for (const { secret } of keys) {
      const answer = await fetch(gateway.url + path, { method: 'POST', headers: { 'x-api-key': secret }, body: '{}' })
      expect([path, answer.status]).toEqual([path, 404])
      const message = messageIn(dialect, await answer.json())
      expect(message).toBe(
        `Nothing exists at this address. Use ${gateway.url}${base} as the address in this app’s settings.`,
      )
    }
    expect(gateway.received).toEqual([])
    expect((await gateway.record()).reason).toBe('wrong_address')
  })

  it('is told with the key left out, where the key stands in the address', async () => {
    const { secret } = keys[1] as IssuedKey
    const answer = await fetch(`${gateway.url}/k/${secret}/v1/v1/models`)
    expect(answer.status).toBe(404)
    const text = await answer.text()
    expect(text).toContain(`${gateway.url}/k/<key>/v1 as`)
    expect(text).not.toContain(secret)
  })

  it('needs a key like any other', async () => {
    expect((await fetch(`${gateway.url}/v1/v1/models`)).status).toBe(401)
  })

  it('elsewhere is a 404 too, but a key for everything may ask what Ollama has there', async () => {
    const asked = keys.map(({ secret }) => fetch(`${gateway.url}/docs`, { headers: { 'x-api-key': secret } }))
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([404, 404, 404])
    expect(gateway.received).toHaveLength(1)
  })

  it.each(['/api/new', '/v1/new', '/v1/models/models', '/api/v0/models'])(
    'is not what a newer Ollama could have: %s reaches it with a key for everything',
    async (path) => {
      const { secret } = keys[1] as IssuedKey
      await fetch(gateway.url + path, { headers: { 'x-api-key': secret } })
      expect(gateway.received).toHaveLength(1)
    },
  )
})

it.each(['GET', 'HEAD'])('%s /favicon.ico is a 404 without a key and without a record', async (method) => {
  const answer = await fetch(`${gateway.url}/favicon.ico`, { method })
  expect([answer.status, gateway.received, gateway.records]).toEqual([404, [], []])
})

describe('Latchkey’s own addresses never reach the upstream', () => {
  const own = ['/latchkey/key', '/latchkey/usage', '/metrics', '/healthz', '/readyz']
  const methods = ['POST', 'PUT', 'PATCH', 'DELETE']

  it.each(own.flatMap((path) => methods.map((method) => [method, path] as const)))(
    '%s %s is a 405 that lists the methods there are',
    async (method, path) => {
      for (const { secret } of keys) {
        const answer = await fetch(gateway.url + path, { method, headers: { 'x-api-key': secret } })
        expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
      }
      expect(gateway.received).toEqual([])
    },
  )

  it.each([
    '/latchkey',
    '/latchkey/new',
    '/latchkey/key/more',
    '/metrics/more',
    '/healthz/more',
    '/readyz/more',
    '/favicon.ico/more',
  ])('%s is a 404', async (path) => {
    for (const { secret } of keys) {
      const answer = await fetch(gateway.url + path, { headers: { 'x-api-key': secret } })
      expect([path, answer.status]).toEqual([path, 404])
    }
    expect(gateway.received).toEqual([])
  })

  it.each(own)('HEAD %s is GET without a body', async (path) => {
    const { secret } = keys[1] as IssuedKey
    const head = (method: string) =>
      exchangeRaw(
        gateway.port,
        `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\nConnection: close\r\n\r\n`,
      )
    const [headed, got] = [await head('HEAD'), await head('GET')]
    const withoutId = (answer: string) =>
      (answer.split('\r\n\r\n')[0] ?? '').replace(/\r\n(?:X-Request-Id|Date): .*/gi, '')
    expect(withoutId(headed)).toBe(withoutId(got))
    expect(headed).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\n$/)
    // The gateway's own look whether Ollama answers.
    expect(gateway.received.filter(({ url }) => url !== '/api/version')).toEqual([])
  })
})

it('a method that nobody forwards is a 405 that lists those that are', async () => {
  const answer = await exchangeRaw(
    gateway.port,
    'PURGE /api/tags HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  )
  expect(answer).toMatch(/^HTTP\/1\.1 405 /)
  expect(answer).toContain('\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n')
})

describe('a model in the path', () => {
  it.each(['/v1/models/%80', '/v1/models/a%FF', '/v1/models/%C3', '/v1/models/%C0%AE', '/v1/models/%ED%A0%80'])(
    'that is no UTF-8 is a 400 for every key: %s',
    async (path) => {
      for (const { secret } of keys) {
        const answer = await fetch(gateway.url + path, { headers: { 'x-api-key': secret } })
        expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).toEqual([
          400,
          'bad_path',
        ])
      }
      expect(gateway.received).toEqual([])
    },
  )
})

describe('a refusal before the path is judged speaks the dialect of its route', () => {
  const OLLAMA = (body: unknown) => (body as { error: string }).error
  it.each([
    ['POST /v1//chat/completions', 'Host: localhost', 400, 'openai'],
    ['POST /v1/chat/completions/', 'Host: localhost', 400, 'openai'],
    ['POST /V1/%63hat/completions', 'Host: localhost', 400, 'openai'],
    ['POST //v1/messages', 'Host: localhost', 400, 'anthropic'],
    ['POST /v1/messages?key=sk-lk-abcdefgh', 'Host: localhost', 401, 'anthropic'],
    ['POST /k/wrong/v1/messages/', 'Host: localhost', 400, 'anthropic'],
    ['POST http://localhost/v1/messages/', 'Host: localhost', 400, 'anthropic'],
    ['POST http://evil.example/v1/messages', 'Host: localhost', 400, 'anthropic'],
    ['POST /v1/messages', 'Host: evil.example', 403, 'anthropic'],
    ['POST /v1/models', 'Host: localhost\r\nOrigin: not an origin', 400, 'openai'],
    ['POST /v1/messages', 'Host: localhost\r\nx-api-key: a\r\nx-api-key: b', 400, 'anthropic'],
    ['PURGE /v1/models', 'Host: localhost', 405, 'openai'],
    ['GET /v1/realtime', 'Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket', 501, 'openai'],
    ['POST /v1/messages', 'Host: localhost\r\nX-One : a', 400, 'anthropic'],
    ['POST /v1/chat/completions', `Host: localhost\r\nX-Long: ${'a'.repeat(40_000)}`, 431, 'openai'],
    [`POST /v1/messages/${'a'.repeat(9_000)}`, 'Host: localhost', 414, 'anthropic'],
    ['POST /api//chat', 'Host: localhost', 400, 'ollama'],
    ['POST /api/chat', 'Host: localhost\r\nX-One : a', 400, 'ollama'],
  ] as const)('%s with %s', async (line, lines, status, dialect) => {
    const answer = await exchangeRaw(gateway.port, `${line} HTTP/1.1\r\n${lines}\r\nConnection: close\r\n\r\n`)
    expect(answer.slice(9, 12)).toBe(String(status))
    const body: unknown = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))
    expect(dialect === 'ollama' ? OLLAMA(body) : messageIn(dialect, body)).toEqual(expect.any(String))
  })
})

function messageIn(dialect: Shape, body: unknown): string {
  if (dialect === 'ollama') return (body as { error: string }).error
  const { type, error } = body as { type?: string; error: { message: string } }
  expect(type).toBe(dialect === 'anthropic' ? 'error' : undefined)
  return error.message
}
