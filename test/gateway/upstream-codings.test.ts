import type { Socket } from 'node:net'
import {
  brotliCompressSync,
  createBrotliCompress,
  createDeflate,
  createGzip,
  createZstdCompress,
  deflateRawSync,
  deflateSync,
  gzipSync,
  constants as z,
  zstdCompressSync,
} from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { chatGateways } from '../support/chats.ts'
import type { TestGateway } from '../support/gateway.ts'
import { openRaw, type RawResponse } from '../support/raw-http.ts'
import { until } from '../support/until.ts'

const { before, closers } = chatGateways()

const CODINGS: [string, (plain: string) => Buffer][] = [
  ['gzip', gzipSync],
  ['GZip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
  ['gzip, br', (plain) => brotliCompressSync(gzipSync(plain))],
  ['deflate,zstd', (plain) => zstdCompressSync(deflateSync(plain))],
  ['identity, gzip', gzipSync],
]

const WHOLE = '{"model":"m","message":{"content":"hi"},"done":true,"prompt_eval_count":3,"eval_count":4}'
const LIST = '{"models":[{"name":"mine:latest","model":"mine:latest"},{"name":"other:7b","model":"other:7b"}]}'

function answerOf(
  encoding: string,
  body: Buffer,
  lines = 'Content-Type: application/json\r\n',
  status = '200 OK',
): Buffer {
  const head = `HTTP/1.1 ${status}\r\n${lines}Content-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}

async function ask(gateway: TestGateway, path: string, { method = 'POST', models = null as string[] | null } = {}) {
  const { secret } = await gateway.createKey({ scopes: ['all'], models })
  const connection = await openRaw(gateway.port)
  closers.push(() => connection.close())
  const body = method === 'POST' ? 'Content-Length: 2\r\n\r\n{}' : '\r\n'
  connection.send(
    `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\nAccept-Encoding: gzip\r\n${body}`,
  )
  return connection
}

async function answer(
  gateway: TestGateway,
  path: string,
  options: Parameters<typeof ask>[2] = {},
): Promise<RawResponse> {
  return (await ask(gateway, path, options)).readResponse(options.method)
}

describe('an answer that is compressed although it was asked not to be', () => {
  it.each(CODINGS)('with %s reaches the client plain, and is counted', async (encoding, compress) => {
    const { gateway } = await before((socket) => socket.write(answerOf(encoding, compress(WHOLE))))
    const { status, headers, body } = await answer(gateway, '/api/chat')
    expect([status, headers.get('content-encoding'), headers.get('content-length'), body]).toEqual([
      200,
      undefined,
      undefined,
      WHOLE,
    ])
    expect(await gateway.record()).toMatchObject({ promptTokens: 3, completionTokens: 4, metered: true, outcome: 'ok' })
  })

  it.each(CODINGS)('with %s is filtered for a key with a list of models', async (encoding, compress) => {
    const { gateway } = await before((socket) => socket.write(answerOf(encoding, compress(LIST))))
    const { headers, body } = await answer(gateway, '/api/tags', { method: 'GET', models: ['mine'] })
    expect(headers.get('content-encoding')).toBeUndefined()
    expect(JSON.parse(body)).toEqual({ models: [{ name: 'mine:latest', model: 'mine:latest' }] })
  })

  it('is plain for an error, too, and behind chunks with trailers', async () => {
    const body = gzipSync('{"error":"model not found"}')
    const chunks = Buffer.concat([
      Buffer.from('HTTP/1.1 404 Not Found\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n'),
      ...Array.from(body, (byte) => Buffer.concat([Buffer.from('1\r\n'), Buffer.of(byte), Buffer.from('\r\n')])),
      Buffer.from('0\r\nX-Checksum: 1\r\n\r\n'),
    ])
    const { gateway } = await before((socket) => socket.write(chunks))
    const { status, headers, body: plain } = await answer(gateway, '/api/chat')
    expect([status, headers.has('content-encoding'), plain]).toEqual([404, false, '{"error":"model not found"}'])
  })

  it.each([
    ['HEAD', '200 OK', 'Content-Encoding: gzip\r\nContent-Length: 60\r\nETag: "a"\r\n'],
    ['GET', '304 Not Modified', 'Content-Encoding: gzip\r\nETag: "a"\r\n'],
    ['GET', '204 No Content', 'Content-Encoding: gzip\r\n'],
    ['GET', '200 OK', 'Content-Encoding: gzip\r\nContent-Length: 0\r\n'],
  ])('says so nowhere where there is no body: %s with %s', async (method, status, lines) => {
    const { gateway } = await before((socket) => socket.write(`HTTP/1.1 ${status}\r\n${lines}\r\n`))
    const { headers, body } = await answer(gateway, '/api/version', { method })
    expect([headers.has('content-encoding'), headers.has('etag'), body]).toEqual([false, false, ''])
  })
})

describe('a compressed stream', () => {
  it.each([
    ['gzip', () => createGzip({ flush: z.Z_SYNC_FLUSH })],
    ['deflate', () => createDeflate({ flush: z.Z_SYNC_FLUSH })],
    ['br', () => createBrotliCompress({ flush: z.BROTLI_OPERATION_FLUSH })],
    ['zstd', () => createZstdCompress({ flush: z.ZSTD_e_flush })],
  ])('with %s goes on piece by piece', async (encoding, open) => {
    const encoder = open()
    const { gateway } = await before((socket) => {
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Encoding: ${encoding}\r\nConnection: close\r\n\r\n`,
      )
      encoder.pipe(socket)
    })
    const connection = await ask(gateway, '/api/chat')
    let got = ''
    connection.socket.on('data', (piece: Buffer) => (got += piece.toString()))
    for (const word of ['one', 'two', 'three']) {
      encoder.write(`{"model":"m","message":{"content":"${word}"},"done":false}\n`)
      await until(() => got.includes(word), `the piece ${word}`)
    }
    encoder.end('{"done":true,"prompt_eval_count":1,"eval_count":2}\n')
    expect(await gateway.record()).toMatchObject({ promptTokens: 1, completionTokens: 2, metered: true })
  })

  it('loses the counts that only the gateway asked for', async () => {
    const events = ['{"choices":[{}]}', '{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}', '[DONE]']
    const stream = gzipSync(events.map((event) => `data: ${event}\n\n`).join(''))
    const { gateway } = await before((socket) =>
      socket.write(answerOf('gzip', stream, 'Content-Type: text/event-stream\r\n')),
    )
    const { secret } = await gateway.createKey()
    const asked = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'x-api-key': secret },
      body: '{"model":"m","stream":true}',
    })
    expect(await asked.text()).toBe('data: {"choices":[{}]}\n\ndata: [DONE]\n\n')
    expect(await gateway.record()).toMatchObject({ promptTokens: 1, completionTokens: 2 })
  })

  it.each([
    ['that breaks off', (whole: Buffer) => whole.subarray(0, -4)],
    ['that is none', () => Buffer.from(WHOLE)],
  ])('%s is cut off for the client as well', async (_name, damage) => {
    const { gateway } = await before((socket) => socket.write(answerOf('gzip', damage(gzipSync(WHOLE)))))
    await expect(answer(gateway, '/api/chat')).rejects.toThrow('the connection ended')
    expect(await gateway.record()).toMatchObject({ outcome: 'cut_off', reason: 'upstream_unreadable', metered: false })
  })

  it('that grows a thousandfold waits for its client', async () => {
    const bomb = gzipSync(Buffer.alloc(300_000_000), { level: 9 })
    const { gateway } = await before((socket) => socket.write(answerOf('gzip', bomb)))
    const connection = await ask(gateway, '/api/chat')
    connection.socket.once('data', () => connection.socket.pause())
    await until(() => connection.socket.isPaused(), 'the first piece')
    connection.socket.destroy()
    expect((await gateway.record()).bytesOut).toBeLessThan(30_000_000)
  })
})

describe('a coding that cannot be undone', () => {
  const UNKNOWN: [string, Buffer, string?][] = [
    ['compress', Buffer.from('?')],
    ['gzip, aws-chunked', Buffer.from('?')],
    ['gzip, gzip, gzip, gzip', gzipSync(gzipSync(gzipSync(gzipSync(LIST))))],
    ['gzip', gzipSync(LIST), 'Content-Range: bytes 0-9/99\r\n'],
  ]

  it.each(UNKNOWN)('(%s) goes to the client as it is, uncounted', async (encoding, bytes, lines = '') => {
    const { gateway } = await before((socket) => socket.write(answerOf(encoding, bytes, lines)))
    const { headers, body } = await answer(gateway, '/api/chat')
    expect([headers.get('content-encoding'), Buffer.from(body, 'latin1')]).toEqual([encoding, bytes])
    expect(await gateway.record()).toMatchObject({ metered: false, outcome: 'ok' })
  })

  it.each(UNKNOWN)('(%s) is a 502 for a list that must be filtered', async (encoding, bytes, lines = '') => {
    const { gateway } = await before((socket) => socket.write(answerOf(encoding, bytes, lines)))
    const refused = await answer(gateway, '/api/tags', { method: 'GET', models: ['mine'] })
    expect([refused.status, JSON.parse(refused.body)]).toEqual([
      502,
      { error: expect.stringContaining('Latchkey could not read the answer') },
    ])
    expect(await gateway.record()).toMatchObject({ outcome: 'upstream_error', reason: 'upstream_unreadable' })
  })

  it.each([
    ['breaks off', gzipSync(LIST).subarray(0, -4)],
    ['is damaged', Buffer.from(LIST)],
    ['grows without end', gzipSync(Buffer.alloc(100_000_000, ' '))],
  ])('because it %s is a 502 for such a list, too', async (_name, bytes) => {
    const { gateway } = await before((socket: Socket) => socket.write(answerOf('gzip', bytes)))
    const refused = await answer(gateway, '/api/tags', { method: 'GET', models: ['mine'] })
    expect(refused.status).toBe(502)
    expect(refused.body).not.toContain('other')
  })
})
