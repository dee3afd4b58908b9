import { InvalidAnswer } from '../transport.ts'
import { copyOf } from './copy-of.ts'

const CARRIAGE_RETURN = 0x0d
const LINE_FEED = 0x0a
const SEMICOLON = 0x3b

/** The part that the next byte belongs to. */
const SIZE = 0
const EXTENSION = 1
const SIZE_END = 2
const DATA = 3
const DATA_RETURN = 4
const DATA_END = 5
const TRAILER_START = 6
const TRAILER_NAME = 7
const TRAILER = 8
const TRAILER_END = 9
const LAST_END = 10

const COLON = 0x3a
// RFC 9110 section 5.6.2: characters allowed in a name besides letters and digits.
const NAME_MARKS = Buffer.from("!#$%&'*+-.^_`|~")

// 2^48 bytes. More digits would only hide something.
const MAX_DIGITS = 12
// Extensions and trailers are not used. The skipped bytes are bounded.
const MAX_SKIPPED = 8 * 1024

/**
 * Decodes a chunked body (RFC 9112 section 7.1), which can be split anywhere. As strict as Node's own parser: only
 * hexadecimal digits, and every line ends in CRLF. Drops extensions and trailers.
 */
export class ChunkedBody {
  /** True after the last chunk and its trailers. */
  ended = false
  /** The offset after the last parsed byte. */
  next = 0
  #state = SIZE
  #size = 0
  #digits = 0
  #skipped = 0

  /** True after the last chunk and before the end of its trailers. */
  get isEnding(): boolean {
    return this.#state >= TRAILER_START && !this.ended
  }

  /**
   * A copy of the next contiguous data in `bytes` between two offsets; undefined if there is no more. `next` is the offset
   * after it. Throws InvalidAnswer.
   */
  read(bytes: Buffer, at: number, upto: number): Buffer | undefined {
    let next = at
    while (this.#state !== DATA && next < upto && !this.ended) this.#step(bytes[next++] as number)
    const end = this.#state === DATA ? Math.min(upto, next + this.#size) : next
    this.next = end
    if (end === next) return undefined
    this.#size -= end - next
    if (this.#size === 0) this.#state = DATA_RETURN
    return copyOf(bytes, next, end)
  }

  #step(byte: number): void {
    switch (this.#state) {
      case SIZE:
        return this.#inSize(byte)
      case EXTENSION:
        return byte === CARRIAGE_RETURN ? this.#goTo(SIZE_END) : this.#skip(byte)
      case SIZE_END:
        return this.#expect(byte, LINE_FEED, this.#size === 0 ? TRAILER_START : DATA)
      case DATA_RETURN:
        return this.#expect(byte, CARRIAGE_RETURN, DATA_END)
      case DATA_END:
        this.#digits = 0
        return this.#expect(byte, LINE_FEED, SIZE)
      case TRAILER_START:
        return byte === CARRIAGE_RETURN ? this.#goTo(LAST_END) : this.#inTrailerName(byte)
      case TRAILER_NAME:
        return byte === COLON ? this.#goTo(TRAILER) : this.#inTrailerName(byte)
      case TRAILER:
        return byte === CARRIAGE_RETURN ? this.#goTo(TRAILER_END) : this.#skip(byte)
      case TRAILER_END:
        return this.#expect(byte, LINE_FEED, TRAILER_START)
      default:
        this.#expect(byte, LINE_FEED, LAST_END)
        this.ended = true
    }
  }

  #inSize(byte: number): void {
    const digit = hexDigit(byte)
    if (digit >= 0) {
      if (++this.#digits > MAX_DIGITS) throw new InvalidAnswer('a chunk is too large')
      this.#size = this.#size * 16 + digit
      return
    }
    if (this.#digits === 0) throw new InvalidAnswer('a chunk has no size')
    if (byte === CARRIAGE_RETURN) this.#goTo(SIZE_END)
    else if (byte === SEMICOLON) this.#goTo(EXTENSION)
    else throw new InvalidAnswer('the size of a chunk is not one')
  }

  #inTrailerName(byte: number): void {
    if (!isOfName(byte)) throw new InvalidAnswer('the name of a trailer is not one')
    this.#goTo(TRAILER_NAME)
    this.#skip(byte)
  }

  #skip(byte: number): void {
    const isText = byte === 0x09 || (byte >= 0x20 && byte !== 0x7f)
    if (!isText || ++this.#skipped > MAX_SKIPPED) throw new InvalidAnswer('a line of the body is not valid')
  }

  #expect(byte: number, expected: number, then: number): void {
    if (byte !== expected) throw new InvalidAnswer('a line of the body has no proper end')
    this.#state = then
  }

  #goTo(state: number): void {
    this.#state = state
  }
}

function isOfName(byte: number): boolean {
  const lower = byte | 0x20
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x7a) || NAME_MARKS.includes(byte)
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
