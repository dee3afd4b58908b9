import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { exchangeRaw } from '../support/raw-http.ts'

let gateway: TestGateway
let key: IssuedKey
let other: IssuedKey

beforeAll(async () => {
  gateway = await startGateway()
  key = await gateway.createKey({ scopes: ['all'], allowInUrl: true })
  other = await gateway.createKey()
})
beforeEach(() => {
  gateway.received.length = 0
  gateway.records.length = 0
})
afterAll(() => gateway.close())

const BODY = '{"model":"sample-small","stream":false}'
const encoded = (text: string) => text.replace(/[^]/g, (one) => `%${one.charCodeAt(0).toString(16)}`)
const again = (text: string) => text.replaceAll('%', '%25')
const base64 = (text: string) => Buffer.from(text).toString('base64')

const SPELLINGS: readonly (readonly [name: string, spell: (secret: string) => string])[] = [
  ['as it is', (secret) => secret],
  ['in capitals', (secret) => secret.toUpperCase()],
  ['with text around it', (secret) => `a${secret}b`],
  ['behind a scheme', (secret) => `Bearer ${secret}`],
  ['percent-encoded', encoded],
  ['percent-encoded twice', (secret) => again(encoded(secret))],
  ['percent-encoded three times', (secret) => again(again(encoded(secret)))],
  ['percent-encoded in part', (secret) => secret.replaceAll('-', '%252D')],
  ['in base64', base64],
  ['in base64 for Basic', (secret) => `Basic ${base64(`user:${secret}`)}`],
  ['in base64 for URLs', (secret) => Buffer.from(`<<??>>${secret}`).toString('base64url')],
]
const HEADERS = ['X-Ollama-Key', 'User-Agent', 'Content-Type', 'Accept', 'X-Amz-Security-Token', 'Traceparent']

describe.each([
  ['the key it is asked with', () => key.secret],
  ['another key', () => other.secret],
])('%s in a header that is no carrier', (_whose, secret) => {
  it.each(SPELLINGS)('%s goes no further', async (_name, spell) => {
    for (const header of HEADERS) {
      const answer = await chat([`${header}: ${spell(secret())}`, 'X-Kept: yes'])
      expect([header, answer.slice(9, 12)]).toEqual([header, '200'])
    }
    expect(gateway.received).toHaveLength(HEADERS.length)
    expect(gateway.received.every(({ rawHeaders }) => rawHeaders.includes('x-kept'))).toBe(true)
    expectNoTrace(secret())
  })

  it.each([
    'Cookie: a=SECRET',
    'Referer: http://localhost/?key=SECRET',
    'Proxy-Authorization: Bearer SECRET',
    'X-Forwarded-Authorization: Bearer SECRET',
    'Forwarded: for=SECRET',
    'X-SECRET: a',
    'Connection: keep-alive, SECRET',
  ])('%s goes no further', async (line) => {
    await chat([line.replace('SECRET', secret())])
    expectNoTrace(secret())
  })
})

describe('a key in the target', () => {
  it.each(SPELLINGS)('in the query, %s, is refused', async (_name, spell) => {
    const asked = encodeURI(spell(key.secret)).replaceAll('%25', '%')
    expect(await status(`/api/tags?a=1&key=${asked}&b=2`)).toBe(401)
    expect(gateway.received).toEqual([])
    expectNoTrace(key.secret)
  })

  it.each([
    (secret: string) => `/api/${secret}/tags`,
    (secret: string) => `/v1/models/${secret}`,
    (secret: string) => `/v1/models/${secret.toUpperCase()}`,
    (secret: string) => `/v1/models/a${secret}b:latest`,
    (secret: string) => `/v1/models/${base64(secret).replaceAll('=', '')}`,
    (secret: string) => `/api/tags,key=${secret}`,
    (secret: string) => `/api/k/${secret}/tags`,
    (secret: string) => `/k/${secret}/k/${secret}/api/tags`,
    (secret: string) => `/k/${secret}/api/tags?key=${secret}`,
    (secret: string) => `/api/tags#${secret}`,
    (secret: string) => `/api/tags;key=${secret}`,
    (secret: string) => `/api/${encoded(secret)}`,
    (secret: string) => `/api/${again(encoded(secret))}`,
    (secret: string) => `http://localhost/api/${secret}/tags`,
    (secret: string) => `http://${secret}@localhost/api/tags`,
  ])('in the path is refused: %o', async (target) => {
    expect([400, 401]).toContain(await status(target(key.secret)))
    expect(gateway.received).toEqual([])
    expectNoTrace(key.secret)
  })
})

it('a key in a trailer or a chunk extension goes no further', async () => {
  const chunk = `${BODY.length.toString(16)};key=${key.secret}\r\n${BODY}\r\n0\r\nX-Key: ${key.secret}\r\nTrailer-Two: ${key.secret}\r\n\r\n`
  const head = `POST /api/chat HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${key.secret}\r\nTransfer-Encoding: chunked\r\nTrailer: X-Key\r\nConnection: close\r\n\r\n`
  expect(await exchangeRaw(gateway.port, head + chunk)).toMatch(/^HTTP\/1\.1 200 /)
  expect(gateway.received).toHaveLength(1)
  expectNoTrace(key.secret)
})

it('a text that looks like a key but has a wrong checksum passes', async () => {
  const wrong = `${key.secret.slice(0, -1)}${key.secret.endsWith('a') ? 'b' : 'a'}`
  await chat([`X-Note: ${wrong}`])
  expect(gateway.received[0]?.rawHeaders).toContain(wrong)
})

function chat(lines: readonly string[]): Promise<string> {
  const head = ['POST /api/chat HTTP/1.1', 'Host: localhost', `Authorization: Bearer ${key.secret}`, ...lines]
  return exchangeRaw(
    gateway.port,
    `${[...head, `Content-Length: ${BODY.length}`, 'Connection: close'].join('\r\n')}\r\n\r\n${BODY}`,
  )
}

async function status(target: string): Promise<number> {
  const head = `GET ${target} HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${key.secret}\r\nConnection: close\r\n\r\n`
  return Number((await exchangeRaw(gateway.port, head)).slice(9, 12))
}

/** In no spelling: what is half encoded is decoded first. */
function expectNoTrace(secret: string): void {
  const text = JSON.stringify([gateway.received, gateway.records])
  const longRuns = text.match(/[\w+/-]{40,}/g) ?? []
  const decoded = longRuns.map((run) => Buffer.from(run, 'base64').toString('latin1'))
  const all = [text, ...decoded]
    .join(' ')
    .replace(/%(?:25)*([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  expect(all.toLowerCase()).not.toContain(secret.slice(6))
}
