import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { exchangeRaw } from '../support/raw-http.ts'

let gateway: TestGateway
let usual: IssuedKey
let chatOnly: IssuedKey

beforeAll(async () => {
  gateway = await startGateway()
  usual = await gateway.createKey()
  chatOnly = await gateway.createKey({ scopes: ['all'], endpoints: ['/api/chat'] })
})
beforeEach(() => {
  gateway.received.length = 0
})
afterAll(() => gateway.close())

const BODY = '{"model":"sample-small"}'

/** Spellings that Ollama's router, or one in front of it, would serve as /api/pull. */
const SPELLINGS = [
  '/api/pull',
  '/api/%70ull',
  '/%61pi/pull',
  '/%61%70%69/%70%75%6c%6c',
  '/api%2fpull',
  '/api%2Fpull',
  '/api/pull/',
  '//api/pull',
  '/api//pull',
  '/./api/pull',
  '/api/./pull',
  '/api/chat/../pull',
  '/api/chat/..%2Fpull',
  '/api/%2e%2e/api/pull',
  '/api/%2E%2E/api/pull',
  '/api/%252e%252e/pull',
  '/api%5cpull',
  '/api\\pull',
  '/api/pull;x=1',
  '/api/pull%00',
  '/api/pull%',
  '/api/pull%zz',
  '/API/PULL',
  '/Api/Pull',
  '/api/pull%20',
  '/api/pull%0d%0a',
  '/api/chat%2f..%2fpull',
  '/api/pu\u00e9ll',
  'http://localhost/api/pull',
  '/api/pull#',
]

describe.each([
  ['a key for chat and models', () => usual],
  ['a key for everything, but one endpoint only', () => chatOnly],
])('with %s', (_name, key) => {
  it.each(SPELLINGS)('POST %s is refused and reaches nobody', async (target) => {
    const answer = await exchangeRaw(
      gateway.port,
      `POST ${target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key().secret}\r\nContent-Length: ${BODY.length}\r\nConnection: close\r\n\r\n${BODY}`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 (?:400|403) /)
    expect(gateway.received).toEqual([])
  })
})

describe('what is judged is what is sent', () => {
  it('sends a path and its query on unchanged', async () => {
    const target = '/v1/models/sample-small:latest?a=1&b=%20x'
    const answer = await fetch(gateway.url + target, { headers: { authorization: `Bearer ${usual.secret}` } })
    expect(answer.status).toBe(200)
    expect(gateway.received[0]?.url).toBe(target)
  })

  it('refuses an address from which Ollama would redirect, whatever the key may do', async () => {
    const all = await gateway.createKey({ scopes: ['all'] })
    const answer = await fetch(`${gateway.url}/api/tags/`, {
      headers: { authorization: `Bearer ${all.secret}` },
      redirect: 'manual',
    })
    expect(answer.status).toBe(400)
    expect(gateway.received).toEqual([])
  })

  it.each(['/../api/pull', '//api/pull', '/%2e%2e/api/pull', '/k/other/api/pull', '/api/%70ull', '/api/pull/'])(
    'behind a key in the path as well: %s',
    async (rest) => {
      const inUrl = await gateway.createKey({ allowInUrl: true })
      const request = `POST /k/${inUrl.secret}${rest} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY.length}\r\nConnection: close\r\n\r\n${BODY}`
      expect(await exchangeRaw(gateway.port, request)).toMatch(/^HTTP\/1\.1 (?:400|403) /)
      expect(gateway.received).toEqual([])
      expect(JSON.stringify(gateway.records)).not.toContain(inUrl.secret)
    },
  )
})
