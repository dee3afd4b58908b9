import type { Transform } from 'node:stream'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib'
import { valueOf } from '../head/response-headers.ts'
import type { AnswerHead } from '../transport.ts'

export interface DecoderOptions {
  /** The codings in the order of `codingsOf`. */
  readonly codings: readonly Coding[]
  /** The sender of the compressed pieces. It is paused while there is no room. */
  readonly source: { pause(): void; resume(): void }
  readonly onData: (piece: Buffer) => void
  readonly onEnd: () => void
  /** The compressed data is damaged or incomplete. */
  readonly onDamage: () => void
}

export type Coding = 'gzip' | 'deflate' | 'br' | 'zstd'

const NO_CODINGS: readonly Coding[] = []
// Each coding can expand one byte to a thousand, and no server needs more than one.
const MOST_CODINGS = 3
// RFC 9659: no content needs a larger window, and a frame may claim up to 128 MiB before its first byte.
const ZSTD_OPTIONS = { params: { [constants.ZSTD_d_windowLogMax]: 23 } }

/**
 * The codings of a Content-Encoding, in the order in which they must be decoded. undefined if one is unknown or there
 * are too many.
 */
export function codingsOf(contentEncoding: string): Coding[] | undefined {
  const names = contentEncoding.toLowerCase().split(',')
  const codings = names.map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity')
  const known = codings.map((name) => CODINGS.get(name)).filter((coding) => coding !== undefined)
  return known.length === codings.length && known.length <= MOST_CODINGS ? known.reverse() : undefined
}

/** The codings of an answer's body; undefined if it cannot be decoded, such as a partial body (206). */
export function codingsToUndo({ status, lines, contentEncoding }: AnswerHead): readonly Coding[] | undefined {
  if (contentEncoding === undefined) return NO_CODINGS
  return status === 206 || valueOf(lines, 'content-range') !== undefined ? undefined : codingsOf(contentEncoding)
}

const CODINGS: ReadonlyMap<string, Coding> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
  ['zstd', 'zstd'],
])

/**
 * Decompresses an answer piece by piece, with backpressure. It holds some dozen kB at a time, however large a piece
 * becomes.
 */
export class AnswerDecoder {
  readonly #options: DecoderOptions
  /**
   * The first decoder takes compressed pieces, the last one emits plain pieces. Both are created with the first piece.
   */
  #first: Transform | undefined
  #last: Transform | undefined
  #inputEnded = false
  /** True after the end of the compressed content. Further bytes are ignored. */
  #outputEnded = false
  #isOver = false

  constructor(options: DecoderOptions) {
    this.#options = options
  }

  write(piece: Buffer): void {
    if (this.#isOver || this.#outputEnded || piece.length === 0) return
    this.#first ??= this.#open(piece)
    if (this.#first.write(piece)) return
    const { source } = this.#options
    source.pause()
    this.#first.once('drain', () => source.resume())
  }

  /** Call after the last piece. */
  end(): void {
    this.#inputEnded = true
    if (this.#first === undefined || this.#outputEnded) this.#finish()
    else this.#first.end()
  }

  /** Drops the rest of the answer. */
  stop(): void {
    this.#isOver = true
    this.#first?.destroy()
    this.#last?.destroy()
  }

  pause(): void {
    this.#last?.pause()
  }

  resume(): void {
    this.#last?.resume()
  }

  #open(piece: Buffer): Transform {
    const decoders = this.#options.codings.map((coding, at) => decoderOf(coding, at === 0 ? piece[0] : undefined))
    const [first] = decoders as [Transform, ...Transform[]]
    const last = decoders.reduce((before, next) => before.pipe(next))
    for (const decoder of decoders) decoder.on('error', () => this.#fail())
    last.on('data', (plain: Buffer) => void (this.#isOver || this.#options.onData(plain)))
    last.on('end', () => {
      this.#outputEnded = true
      if (this.#inputEnded) this.#finish()
    })
    this.#last = last
    return first
  }

  #fail(): void {
    if (this.#isOver) return
    this.stop()
    this.#options.onDamage()
  }

  #finish(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#options.onEnd()
  }
}

/**
 * `firstByte` distinguishes the two forms of deflate: many servers omit the zlib header that RFC 9110 section 8.4.1.2
 * requires.
 */
function decoderOf(coding: Coding, firstByte: number | undefined): Transform {
  switch (coding) {
    case 'gzip':
      return createGunzip()
    case 'deflate':
      return firstByte === undefined || (firstByte & 0x0f) === 8 ? createInflate() : createInflateRaw()
    case 'br':
      return createBrotliDecompress()
    case 'zstd':
      return createZstdDecompress(ZSTD_OPTIONS)
  }
}
