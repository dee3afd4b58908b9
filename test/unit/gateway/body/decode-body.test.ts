import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { decodeBody } from '../../../../src-main/gateway/body/decode-body.ts'

const MEBIBYTE = 1024 * 1024
const plain = Buffer.from('{"model":"llama3"}'.repeat(100))

test.each([
  ['gzip', gzipSync(plain)],
  ['GZIP', gzipSync(plain)],
  ['zstd', zstdCompressSync(plain)],
])('%s is undone', async (encoding, body) => {
  expect(await decodeBody(body, encoding, MEBIBYTE)).toEqual(plain)
})

test.each(['identity', ''])('%j passes as it is', async (encoding) => {
  expect(await decodeBody(plain, encoding, 10)).toBe(plain)
})

describe.each([
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const)('%s', (encoding, compress) => {
  test('that grows past the cap is refused', async () => {
    const bomb = compress(Buffer.alloc(30 * MEBIBYTE))
    expect(bomb.length).toBeLessThan(MEBIBYTE)
    expect(await decodeBody(bomb, encoding, 20 * MEBIBYTE)).toEqual({ refused: 'body_too_large', detail: '20 MB' })
  })

  test('that fills the cap exactly is taken', async () => {
    expect(await decodeBody(compress(plain), encoding, plain.length)).toEqual(plain)
  })

  test.each([
    ['garbage', () => Buffer.from('not compressed at all')],
    ['a body cut off', () => compress(plain).subarray(0, -3)],
    ['nothing', () => Buffer.alloc(0)],
  ])('%s is refused', async (_, body) => {
    expect(await decodeBody(body(), encoding, MEBIBYTE)).toMatchObject({ refused: 'bad_body' })
  })
})

test.each(['deflate', 'br', 'gzip, gzip', 'gzip,identity', 'x-gzip', 'zstd;q=1'])('%s is refused', async (encoding) => {
  expect(await decodeBody(deflateSync(plain), encoding, MEBIBYTE)).toMatchObject({ refused: 'bad_body' })
})
