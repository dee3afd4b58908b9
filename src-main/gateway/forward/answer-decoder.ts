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
  /** As `codingsOf` gives them. */
  readonly codings: readonly Coding[]
  /** Where the compressed pieces come from: held back while there is no room. */
  readonly source: { pause(): void; resume(): void }
  readonly onData: (piece: Buffer) => void
  readonly onEnd: () => void
  /** What came is damaged, or breaks off. */
  readonly onDamage: () => void
}

export type Coding = 'gzip' | 'deflate' | 'br' | 'zstd'

const NO_CODINGS: readonly Coding[] = []
// Each can make a thousand bytes of one; nobody has a reason for more than one.
const MOST_CODINGS = 3
// RFC 9659: no content needs a larger window, and a frame may claim up to 128 MiB before its first byte.
const ZSTD_OPTIONS = { params: { [constants.ZSTD_d_windowLogMax]: 23 } }

/**
 * The codings of a Content-Encoding, in the order in which they are undone; undefined where one is not known or there are too
 * many.
 */
export function codingsOf(contentEncoding: string): Coding[] | undefined {
  const names = contentEncoding.toLowerCase().split(',')
  const codings = names.map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity')
  const known = codings.map((name) => CODINGS.get(name)).filter((coding) => coding !== undefined)
  return known.length === codings.length && known.length <= MOST_CODINGS ? known.reverse() : undefined
}

/** The codings of an answer's body; undefined when they cannot be undone, as those of a part of it cannot. */
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
 * Undoes the compression of an answer piece by piece, with backpressure: it holds some dozen kB at a time, however much a piece
 * grows to.
 */
export class AnswerDecoder {
  readonly #options: DecoderOptions
  /** Where compressed pieces go in, and where plain ones come out; made of the first piece. */
  #first: Transform | undefined
  #last: Transform | undefined
  #inputEnded = false
  /** What follows the end of the compressed content means nothing. */
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

  /** No more pieces come. */
  end(): void {
    this.#inputEnded = true
    if (this.#first === undefined || this.#outputEnded) this.#finish()
    else this.#first.end()
  }

  /** Nobody wants the rest. */
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

/** `firstByte` tells the two forms of deflate apart: many servers leave out what RFC 9110 section 8.4.1.2 asks for. */
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
