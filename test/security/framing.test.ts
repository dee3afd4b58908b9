import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
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

const BODY = '{"model":"sample-small","messages":[],"stream":false}'
const SMUGGLED = 'GET /api/tags HTTP/1.1\r\nHost: localhost\r\nX-Smuggled: yes\r\n\r\n'

/** A chat request whose header lines after Host and key are the test's own. */
function chat(
  lines: string[],
  body = BODY,
  options: { host?: string; version?: string; target?: string } = {},
): string {
  const head = [
    `POST ${options.target ?? '/api/chat'} HTTP/${options.version ?? '1.1'}`,
    options.host ?? 'Host: localhost',
    `Authorization: Bearer ${key.secret}`,
    ...lines,
  ]
  return `${head.filter((line) => line !== '').join('\r\n')}\r\n\r\n${body}`
}

const LENGTH = `Content-Length: ${BODY.length}`

describe('framing that two servers could read differently reaches nobody', () => {
  const cases: readonly (readonly [name: string, bytes: () => string, statuses: readonly number[]])[] = [
    ['two Host lines', () => chat([LENGTH, 'Host: evil.example']), [400]],
    ['an empty Host', () => chat([LENGTH], BODY, { host: 'Host:' }), [400]],
    ['no Host', () => chat([LENGTH], BODY, { host: '' }), [400]],
    ['a Host with a user', () => chat([LENGTH], BODY, { host: 'Host: user@localhost' }), [400]],
    ['a Host with a path', () => chat([LENGTH], BODY, { host: 'Host: localhost/api' }), [400]],
    ['a list as Host', () => chat([LENGTH], BODY, { host: 'Host: localhost,evil.example' }), [400]],
    [
      'Content-Length with Transfer-Encoding',
      () => chat([LENGTH, 'Transfer-Encoding: chunked'], `0\r\n\r\n${SMUGGLED}`),
      [400],
    ],
    [
      'Transfer-Encoding with Content-Length',
      () => chat(['Transfer-Encoding: chunked', LENGTH], `0\r\n\r\n${SMUGGLED}`),
      [400],
    ],
    ['two Content-Length lines', () => chat([LENGTH, 'Content-Length: 5'], BODY + SMUGGLED), [400]],
    ['two equal Content-Length lines', () => chat([LENGTH, LENGTH], BODY + SMUGGLED), [400]],
    ['Content-Length: +5', () => chat(['Content-Length: +5'], `hello${SMUGGLED}`), [400]],
    ['Content-Length: 5,6', () => chat(['Content-Length: 5,6'], `hello${SMUGGLED}`), [400]],
    ['Content-Length: -0', () => chat(['Content-Length: -0'], SMUGGLED), [400]],
    ['Content-Length: 0x5', () => chat(['Content-Length: 0x5'], `hello${SMUGGLED}`), [400]],
    ['an unknown transfer coding', () => chat(['Transfer-Encoding: xchunked'], `0\r\n\r\n${SMUGGLED}`), [400, 501]],
    ['chunked not last', () => chat(['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${SMUGGLED}`), [400, 501]],
    ['gzip, chunked', () => chat(['Transfer-Encoding: gzip, chunked'], `0\r\n\r\n${SMUGGLED}`), [400, 501]],
    ['chunked in quotes', () => chat(['Transfer-Encoding: "chunked"'], `0\r\n\r\n${SMUGGLED}`), [400, 501]],
    [
      'chunked behind a vertical tab',
      () => chat(['Transfer-Encoding: \x0bchunked'], `0\r\n\r\n${SMUGGLED}`),
      [400, 501],
    ],
    [
      'two Transfer-Encoding lines',
      () => chat(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], `0\r\n\r\n${SMUGGLED}`),
      [400, 501],
    ],
    [
      'chunked on HTTP/1.0',
      () => chat(['Transfer-Encoding: chunked'], `0\r\n\r\n${SMUGGLED}`, { version: '1.0' }),
      [400, 501],
    ],
    ['obsolete folding', () => chat([LENGTH, 'X-One: a\r\n b']), [400]],
    ['a space before the colon', () => chat([LENGTH, 'X-One : a']), [400]],
    ['a bare CR in a value', () => chat([LENGTH, 'X-One: a\rX-Two: b']), [400]],
    ['a NUL in a value', () => chat([LENGTH, 'X-One: a\0b']), [400]],
    ['a NUL in the target', () => chat([LENGTH], BODY, { target: '/api/\0chat' }), [400]],
    ['chunked behind a line of its own', () => chat(['Transfer-Encoding:', ' chunked'], `0\r\n\r\n${SMUGGLED}`), [400]],
    ['chunked with a parameter', () => chat(['Transfer-Encoding: chunked;a=b'], `0\r\n\r\n${SMUGGLED}`), [400, 501]],
    ['identity', () => chat(['Transfer-Encoding: identity'], BODY + SMUGGLED), [400, 501]],
    ['a length behind a vertical tab', () => chat([`Content-Length: \x0b${BODY.length}`]), [400]],
    ['a length that overflows', () => chat(['Content-Length: 18446744073709551621'], BODY + SMUGGLED), [400]],
    ['a header without a name', () => chat([LENGTH, ': a']), [400]],
    ['a header line that ends in LF alone', () => chat([LENGTH, 'X-One: a\nContent-Length: 5']), [400]],
    ['HTTP/2 without a word about it', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400]],
    ['HTTP/0.9', () => 'GET /api/tags\r\n\r\n', [400]],
    ['a version that is none', () => chat([LENGTH], BODY, { version: '1.9' }), [400]],
    ['a method that is none', () => chat([LENGTH]).replace('POST', 'P0ST'), [400]],
    ['authority-form', () => chat([LENGTH], BODY, { target: 'localhost:80' }), [400]],
    ['an asterisk', () => chat([LENGTH], BODY, { target: '*' }), [400]],
    ['two Authorization lines', () => chat([LENGTH, 'Authorization: Bearer other']), [400]],
    ['two x-api-key lines', () => chat([LENGTH, 'x-api-key: a', 'x-api-key: b']), [400]],
  ]
  it.each(cases)('%s', async (_name, bytes, statuses) => {
    const answer = await exchangeRaw(gateway.port, bytes())
    expect(statuses).toContain(statusOf(answer))
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1)
    expect(answer).toMatch(/\r\nConnection: close\r\n/i)
    expect(gateway.received).toEqual([])
    expect((await gateway.record()).outcome).toBe('refused')
    expect(gateway.records).toHaveLength(1)
    expect(JSON.stringify(gateway.records)).not.toContain(key.secret)
  })

  // The head was good, so the upstream may have heard of it; what matters is that it never gets a whole request.
  it.each([
    ['a size with a sign', `+5\r\nhello\r\n0\r\n\r\n${SMUGGLED}`],
    ['a size in another notation', `0x5\r\nhello\r\n0\r\n\r\n${SMUGGLED}`],
    ['a size that overflows', `10000000000000005\r\nhello\r\n0\r\n\r\n${SMUGGLED}`],
    ['a size with a blank', `5 \r\nhello\r\n0\r\n\r\n${SMUGGLED}`],
    ['a line end of LF alone', `5\nhello\r\n0\r\n\r\n${SMUGGLED}`],
    ['more data than its size', `5\r\nhello and more\r\n0\r\n\r\n${SMUGGLED}`],
    ['a last chunk without its end', `5\r\nhello\r\n0\r\nGET /api/tags HTTP/1.1\r\n\r\n`],
  ])('a chunk with %s ends the exchange, and the upstream gets nothing whole', async (_name, body) => {
    const held = await gateway.createKey({ models: ['sample-small'] })
    for (const secret of [key.secret, held.secret]) {
      gateway.records.length = 0
      const bytes = chat(['Transfer-Encoding: chunked'], body).replace(key.secret, secret)
      const answer = await exchangeRaw(gateway.port, bytes, 2_000)
      expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400'])
      expect(await gateway.record()).toMatchObject({ outcome: 'refused', reason: 'bad_request', status: 400 })
      expect([gateway.received, gateway.gateway.running]).toEqual([[], 0])
    }
  })

  it('a client that closes its side in the middle of its body is gone: its place is free and the upstream let go', async () => {
    const one = await gateway.createKey({ concurrency: 1 })
    const chunked = ['Transfer-Encoding: chunked']
    const halves = [chat(chunked, '5\r\nhel'), chat(chunked, '5\r\nhello\r\n'), chat([LENGTH], BODY.slice(0, 20))]
    for (const half of halves) {
      gateway.records.length = 0
      const connection = await openRaw(gateway.port)
      connection.send(half.replace(key.secret, one.secret))
      connection.socket.end()
      await connection.readToEnd()
      expect(await gateway.record()).toMatchObject({ outcome: 'client_aborted', keyId: one.id })
      expect([gateway.received, gateway.gateway.running]).toEqual([[], 0])
    }
    expect(
      statusOf(await exchangeRaw(gateway.port, chat([LENGTH, 'Connection: close']).replace(key.secret, one.secret))),
    ).toBe(200)
  })

  it.each([
    ['PURGE', [405]],
    ['PROPFIND', [405]],
    ['SEARCH', [405]],
  ] as const)('%s is refused', async (method, statuses) => {
    const answer = await exchangeRaw(gateway.port, chat([LENGTH, 'Connection: close']).replace('POST', method))
    expect(statuses).toContain(statusOf(answer))
    expect(gateway.received).toEqual([])
  })

  it('an expectation that nobody knows is judged like any request, and goes no further', async () => {
    const good = await exchangeRaw(gateway.port, chat([LENGTH, 'Expect: the-unexpected', 'Connection: close']))
    expect(statusOf(good)).toBe(200)
    expect(gateway.received[0]?.rawHeaders.map((line) => line.toLowerCase())).not.toContain('expect')
    const bad = chat([LENGTH, 'Expect: the-unexpected', 'Connection: close']).replace(key.secret, 'wrong')
    expect(statusOf(await exchangeRaw(gateway.port, bad))).toBe(401)
    expect(await gateway.record(1)).toMatchObject({ reason: 'key_malformed' })
  })

  it.each([
    ['CONNECT', 'CONNECT localhost:11434 HTTP/1.1\r\nHost: localhost\r\n\r\n', [400, 405, 501]],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', [400, 405]],
    [
      'a websocket upgrade',
      'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      [501],
    ],
  ] as const)('%s is refused', async (_name, bytes, statuses) => {
    const answer = await exchangeRaw(gateway.port, bytes)
    expect(statuses).toContain(statusOf(answer))
    expect(gateway.received).toEqual([])
  })
})

describe('requests beyond any size a client needs', () => {
  it.each([
    ['a header of 100 KB', () => chat([LENGTH, `X-Long: ${'a'.repeat(100_000)}`]), [431]],
    ['10,000 headers', () => chat([LENGTH, ...Array.from({ length: 10_000 }, (_, at) => `X-${at}: a`)]), [431]],
    ['300 headers', () => chat([LENGTH, ...Array.from({ length: 300 }, (_, at) => `X-${at}: a`)]), [431]],
    ['a target of 100 KB', () => chat([LENGTH], BODY, { target: `/api/${'a'.repeat(100_000)}` }), [414, 431]],
    [
      'a target of 10 KB',
      () => chat([LENGTH, 'Connection: close'], BODY, { target: `/api/${'a'.repeat(10_000)}` }),
      [414],
    ],
  ] as const)('%s', async (_name, bytes, statuses) => {
    const answer = await exchangeRaw(gateway.port, bytes())
    expect(statuses).toContain(statusOf(answer))
    expect(gateway.received).toEqual([])
  })
})

describe('pipelining', () => {
  it('answers the good request, refuses the bad one behind it, and closes', async () => {
    const good = chat([LENGTH])
    const answer = await exchangeRaw(
      gateway.port,
      `${good}GET /api/tags HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n${SMUGGLED}`,
    )
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400'])
    expect(gateway.received).toHaveLength(1)
  })

  it('answers nothing behind a request whose framing it refused', async () => {
    const answer = await exchangeRaw(
      gateway.port,
      `${chat(['Transfer-Encoding: gzip, chunked'], '0\r\n\r\n')}${chat([LENGTH])}`,
    )
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toHaveLength(1)
    expect(gateway.received).toEqual([])
  })

  it('answers two good requests in their order', async () => {
    const connection = await openRaw(gateway.port)
    connection.send(chat([LENGTH]) + chat([LENGTH], BODY, { target: '/api/generate' }))
    expect((await connection.readResponse()).body).toContain('"message"')
    expect((await connection.readResponse()).body).toContain('"response"')
    connection.close()
  })
})

describe('headers that Connection names', () => {
  it('are judged first and then stripped', async () => {
    const answer = await exchangeRaw(
      gateway.port,
      chat([LENGTH, 'X-Model: secret', 'X-Kept: yes', 'Connection: authorization, x-model, close']),
    )
    expect(statusOf(answer)).toBe(200)
    const names = gateway.received[0]?.rawHeaders.map((line) => line.toLowerCase())
    expect(names).toContain('x-kept')
    expect(names).not.toContain('x-model')
    expect(names).not.toContain('authorization')
  })
})

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])
}
