import { promisify } from 'node:util'
import { constants, gunzip, zstdDecompress } from 'node:zlib'
import type { Refusal } from '#shared/gateway/decisions.ts'

const unzip = promisify(gunzip)
const unzstd = promisify(zstdDecompress)

// 8 MiB, like Ollama's own decoder (middleware/openai.go). Without it a frame could claim 128 MiB of memory before its
// first byte.
const ZSTD_WINDOW_LOG = 23

const BYTES_PER_MB = 1024 * 1024

/**
 * Decodes a body's Content-Encoding, so that it can be judged. `cap` is the maximum size in bytes after decoding.
 * Refuses a larger body (`body_too_large`), a damaged one, and any unknown or stacked encoding (`bad_body`). Never
 * rejects.
 */
export async function decodeBody(body: Buffer, encoding: string, cap: number): Promise<Buffer | Refusal> {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return body
    case 'gzip':
      return settle(unzip(body, { maxOutputLength: cap }), cap)
    case 'zstd':
      return settle(unzstd(body, zstdOptions(cap)), cap)
    default:
      return { refused: 'bad_body', detail: 'it has an unknown compression' }
  }
}

function zstdOptions(cap: number): { maxOutputLength: number; params: Record<number, number> } {
  return { maxOutputLength: cap, params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } }
}

async function settle(decoding: Promise<Buffer>, cap: number): Promise<Buffer | Refusal> {
  try {
    return await decoding
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return code === 'ERR_BUFFER_TOO_LARGE'
      ? tooLarge(cap)
      : { refused: 'bad_body', detail: 'its compression is damaged' }
  }
}

function tooLarge(cap: number): Refusal {
  return { refused: 'body_too_large', detail: `${Math.floor(cap / BYTES_PER_MB)} MB` }
}
