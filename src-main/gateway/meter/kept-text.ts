export type Scalar = string | number | boolean | null

const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')
const NULL = Buffer.from('null')

/** Longest text that is kept. Names of models are far shorter; a longer value counts as absent. */
const KEPT_BYTES = 256

/** The bytes of one small JSON name or value, put together from the pieces in which they come. */
export class KeptText {
  private readonly bytes = Buffer.allocUnsafe(KEPT_BYTES)
  private length = 0

  clear(): void {
    this.length = 0
  }

  add(byte: number): void {
    if (this.length < KEPT_BYTES) this.bytes[this.length] = byte
    this.length++
  }

  is(other: Buffer): boolean {
    if (other.length !== this.length) return false
    for (let at = 0; at < other.length; at++) if (other[at] !== this.bytes[at]) return false
    return true
  }

  /** The content of a string, without its quotes; undefined when it was too long or is not valid. */
  text(): string | undefined {
    if (this.length > KEPT_BYTES) return undefined
    const text = this.bytes.toString('utf8', 0, this.length)
    return text.includes('\\') ? unescape(text) : text
  }

  /** Any value but a string; undefined when it was too long, NaN when it is none. */
  scalar(): number | boolean | null | undefined {
    if (this.is(TRUE)) return true
    if (this.is(FALSE)) return false
    if (this.is(NULL)) return null
    return this.length > KEPT_BYTES ? undefined : Number(this.bytes.toString('latin1', 0, this.length))
  }
}

function unescape(text: string): string | undefined {
  try {
    return String(JSON.parse(`"${text}"`))
  } catch {
    return undefined
  }
}
