import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byteByByte, cut, hear } from './heard.ts'

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`

const VALID: readonly [name: string, text: string, body: string, options?: { method?: string; closes?: boolean }][] = [
  ['with a length', `${HEAD}Content-Length: 5\r\n\r\nhello`, 'hello'],
  ['with an empty body', `${HEAD}Content-Length: 0\r\n\r\n`, ''],
  ['without a reason', 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}', '{}'],
  ['in chunks', `${CHUNKED}5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n`, 'hello world'],
  ['in chunks that hold line ends', `${CHUNKED}a\r\n0\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n`, '0\r\n\r\n0\r\n\r\n'],
  ['in chunks with extensions and trailers', `${CHUNKED}05;a="b"\r\nhello\r\n0;x\r\nX-Sum: 1\r\nY: 2\r\n\r\n`, 'hello'],
  [
    'behind interim heads',
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n${HEAD}Content-Length: 2\r\n\r\nok`,
    'ok',
  ],
  ['until the connection closes', `${HEAD}\r\nall of it`, 'all of it', { closes: true }],
  ['to HEAD', `${HEAD}Content-Length: 500\r\n\r\n`, '', { method: 'HEAD' }],
  ['204', 'HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n', ''],
  ['304', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n', ''],
]

describe('an answer is understood wherever it is cut', () => {
  it.each(VALID)('%s', (_name, text, body, options) => {
    const whole = hear([Buffer.from(text, 'latin1')], options)
    expect(whole).toMatchObject({ body, ended: true })
    expect(hear(byteByByte(text), options)).toEqual(whole)
    for (let at = 0; at <= text.length; at++) expect(hear(cut(text, [at]), options)).toEqual(whole)
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (places) => {
        expect(hear(cut(text, places), options)).toEqual(whole)
      }),
      { numRuns: 50 },
    )
  })

  it('whatever its body is and however it is chunked', () => {
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 8 })
    fc.assert(
      fc.property(chunks, fc.array(fc.nat(4000)), (bodies, places) => {
        const texts = bodies.map((body) => Buffer.from(body).toString('latin1'))
        const framed = texts.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join('')
        expect(hear(cut(`${CHUNKED}${framed}0\r\n\r\n`, places))).toMatchObject({ body: texts.join(''), ended: true })
      }),
    )
  })
})

describe('an answer is refused, wherever it is cut, when', () => {
  it.each([
    ['it is no HTTP', 'hello\r\n\r\n'],
    ['it is another version', 'HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\n{}'],
    ['its status has two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\n{}'],
    ['its status has four digits', 'HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\n{}'],
    ['it changes the protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
    ['it has two lengths', `${HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    ['it has the same length twice', `${HEAD}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`],
    ['it lists two lengths', `${HEAD}Content-Length: 2, 2\r\n\r\n{}`],
    ['its length has a sign', `${HEAD}Content-Length: +2\r\n\r\n{}`],
    ['its length is negative', `${HEAD}Content-Length: -1\r\n\r\n{}`],
    ['its length is hexadecimal', `${HEAD}Content-Length: 0x2\r\n\r\n{}`],
    ['its length is empty', `${HEAD}Content-Length:\r\n\r\n{}`],
    [
      'it has a length and chunks',
      `${HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    ],
    ['its coding is unknown', `${HEAD}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ['its coding comes twice', `${HEAD}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['HTTP/1.0 comes in chunks', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a line is folded', `${HEAD}X-A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}`],
    ['a line has no colon', `${HEAD}Content-Length 2\r\n\r\n{}`],
    ['a name has a space behind it', `${HEAD}Content-Length : 2\r\n\r\n{}`],
    ['a name is empty', `${HEAD}: a\r\nContent-Length: 2\r\n\r\n{}`],
    ['a value has a bare carriage return', `${HEAD}X-A: b\rc\r\nContent-Length: 2\r\n\r\n{}`],
    ['a value has a bare line feed', `${HEAD}X-A: b\nContent-Length: 9\r\nContent-Length: 2\r\n\r\n{}`],
    ['a value has a NUL', `${HEAD}X-A: b\0c\r\nContent-Length: 2\r\n\r\n{}`],
    ['its lines end in line feeds', 'HTTP/1.1 200 OK\nContent-Length: 2\n\n{}'],
    ['a chunk has no size', `${CHUNKED}\r\nhello\r\n0\r\n\r\n`],
    ['the size of a chunk has a sign', `${CHUNKED}+5\r\nhello\r\n0\r\n\r\n`],
    ['the size of a chunk has a space', `${CHUNKED}5 \r\nhello\r\n0\r\n\r\n`],
    ['the size of a chunk is 0x5', `${CHUNKED}0x5\r\nhello\r\n0\r\n\r\n`],
    ['the size of a chunk is beyond all numbers', `${CHUNKED}fffffffffffffffff\r\nhello`],
    ['a chunk is longer than its size', `${CHUNKED}4\r\nhello\r\n0\r\n\r\n`],
    ['a chunk is shorter than its size', `${CHUNKED}6\r\nhello\r\n0\r\n\r\n\r\n`],
    ['a chunk line ends in a line feed', `${CHUNKED}5\nhello\r\n0\r\n\r\n`],
    ['an extension has a bare line feed', `${CHUNKED}5;a\nb\r\nhello\r\n0\r\n\r\n`],
    ['a trailer has no colon', `${CHUNKED}0\r\nno-colon\r\n\r\n`],
    ['a trailer has no name', `${CHUNKED}0\r\n: a\r\n\r\n`],
    ['a trailer has a blank in its name', `${CHUNKED}0\r\nX Y: a\r\n\r\n`],
    ['a trailer is folded', `${CHUNKED}0\r\nX: a\r\n b\r\n\r\n`],
    ['a trailer has a bare line feed', `${CHUNKED}0\r\nX: y\nZ: 1\r\n\r\n`],
    ['something follows its length', `${HEAD}Content-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n\r\n`],
    ['something follows its last chunk', `${CHUNKED}0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n`],
    ['a body follows the answer to no body', 'HTTP/1.1 204 No Content\r\n\r\n{}'],
  ])('%s', (_name, text) => {
    expect(() => hear([Buffer.from(text, 'latin1')])).toThrow()
    expect(() => hear(byteByByte(text))).toThrow()
    for (let at = 0; at <= text.length; at++) expect(() => hear(cut(text, [at]))).toThrow()
  })

  it.each([
    ['its head', HEAD],
    ['its length', `${HEAD}Content-Length: 5\r\n\r\nhell`],
    ['its last chunk', `${CHUNKED}5\r\nhello\r\n0\r\n`],
  ])('the connection closes before %s is whole', (_name, text) => {
    expect(() => hear([Buffer.from(text)], { closes: true })).toThrow()
  })

  it('its head never ends, and not only then', () => {
    const line = Buffer.from(`X-Filler: ${'x'.repeat(1000)}\r\n`)
    expect(() => hear([Buffer.from(HEAD), ...Array.from({ length: 100 }, () => line)])).toThrow()
    expect(() => hear([Buffer.from('0'.repeat(8))])).toThrow()
  })

  it('its trailers never end', () => {
    const line = Buffer.from(`X-Filler: ${'x'.repeat(1000)}\r\n`)
    expect(() => hear([Buffer.from(`${CHUNKED}0\r\n`), ...Array.from({ length: 100 }, () => line)])).toThrow()
  })
})

it('random bytes are refused or waited for, and never take the reader down', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      try {
        hear([Buffer.from(CHUNKED), Buffer.from(bytes)])
      } catch (error) {
        expect((error as Error).constructor.name).toBe('InvalidAnswer')
      }
    }),
  )
})

it.each([
  ['HTTP/1.1 200 OK\r\nContent-Length: 0', true, undefined],
  ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close', false, undefined],
  ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: x\r\nConnection: Close', false, undefined],
  ['HTTP/1.0 200 OK\r\nContent-Length: 0', false, undefined],
  ['HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: Keep-Alive', true, undefined],
  ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\nKeep-Alive: timeout=5, max=100', true, 5_000],
])('%j tells whether the connection is kept, and how long', (head, keepsConnection, idleMs) => {
  expect(hear([Buffer.from(`${head}\r\n\r\n`)]).head).toMatchObject({ keepsConnection, idleMs })
})
