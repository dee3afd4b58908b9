export type Scalar = string | number | boolean | null

const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')
const NULL = Buffer.from('null')

const ZERO = 0x30
/** Numbers with so few digits are always exact. */
const MOST_DIGITS = 9

/** Maximum size of a kept text. Names of models are far shorter; a longer value counts as absent. */
const KEPT_BYTES = 256

const NOTHING = Buffer.alloc(0)

/** One small JSON name or value. Reads it without a copy if it is in one chunk; otherwise joins the pieces. */
export class KeptText {
  private bytes: Buffer = NOTHING
  private from = 0
  private length = 0
  /** The buffer for joining pieces; created if a text was cut. */
  private own: Buffer | undefined

  clear(): void {
    this.bytes = NOTHING
    this.from = 0
    this.length = 0
  }

  /** Adds the bytes of a chunk from `at` to `end` (exclusive). Valid only as long as the chunk is. */
  add(chunk: Buffer, at: number, end: number): void {
    if (this.length === 0) {
      this.bytes = chunk
      this.from = at
    } else if (this.bytes !== chunk || this.from + this.length !== at) {
      return this.append(chunk, at, end)
    }
    this.length += end - at
  }

  /** Copies the bytes so far, because the rest is in another chunk. */
  hold(): void {
    if (this.bytes === this.own) return
    const { bytes, from, length } = this
    this.clear()
    this.append(bytes, from, from + length)
  }

  private append(chunk: Buffer, at: number, end: number): void {
    this.own ??= Buffer.allocUnsafe(KEPT_BYTES)
    this.bytes = this.own
    if (this.length < KEPT_BYTES) chunk.copy(this.own, this.length, at, end)
    this.length += end - at
  }

  is(other: Buffer): boolean {
    if (other.length !== this.length) return false
    for (let at = 0; at < other.length; at++) if (other[at] !== this.bytes[this.from + at]) return false
    return true
  }

  /** The content of a string without its quotes; undefined if it is too long or invalid. */
  text(): string | undefined {
    if (this.length > KEPT_BYTES) return undefined
    const text = this.bytes.toString('utf8', this.from, this.from + this.length)
    return text.includes('\\') ? unescape(text) : text
  }

  /** Any value except a string; undefined if it is too long, NaN if it is invalid. */
  scalar(): number | boolean | null | undefined {
    const count = this.digits()
    if (count >= 0) return count
    if (this.is(TRUE)) return true
    if (this.is(FALSE)) return false
    if (this.is(NULL)) return null
    return this.length > KEPT_BYTES
      ? undefined
      : Number(this.bytes.toString('latin1', this.from, this.from + this.length))
  }

  /** Fast path for plain digits, without a native call; -1 for any other text. */
  private digits(): number {
    if (this.length === 0 || this.length > MOST_DIGITS) return -1
    let number = 0
    for (let at = 0; at < this.length; at++) {
      const digit = (this.bytes[this.from + at] as number) - ZERO
      if (digit < 0 || digit > 9) return -1
      number = number * 10 + digit
    }
    return number
  }
}

function unescape(text: string): string | undefined {
  try {
    return String(JSON.parse(`"${text}"`))
  } catch {
    return undefined
  }
}
