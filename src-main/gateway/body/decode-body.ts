import { promisify } from 'node:util'
import { constants, gunzip, zstdDecompress } from 'node:zlib'
import type { Refusal } from '#shared/gateway/decisions.ts'

const unzip = promisify(gunzip)
const unzstd = promisify(zstdDecompress)

// 8 MiB, as Ollama's own decoder (middleware/openai.go): a frame may else claim 128 MiB of memory before its first byte.
const ZSTD_WINDOW_LOG = 23

const BYTES_PER_MB = 1024 * 1024

/**
 * A body with its Content-Encoding undone, for judging. `cap` is the most bytes a compressed one may grow to. Refuses what grows
 * past it (`body_too_large`), what is damaged, and every other or stacked encoding (`bad_body`). Never rejects.
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
      return { refused: 'bad_body', detail: 'compressed in a way Latchkey does not know' }
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
    return code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(cap) : { refused: 'bad_body', detail: 'damaged compression' }
  }
}

function tooLarge(cap: number): Refusal {
  return { refused: 'body_too_large', detail: `${Math.floor(cap / BYTES_PER_MB)} MB` }
}
