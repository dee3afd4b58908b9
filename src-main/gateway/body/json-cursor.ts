/** More than any client needs. Parsing needs no recursion, so depth does not use the stack. */
const MAX_DEPTH = 500
const SHORT_STRING = 64

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d

const LITERALS = new Map(['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]))
/** The characters that can follow a backslash: " \ / b f n r t */
const ESCAPES = new Set(Buffer.from('"\\/bfnrt'))

/**
 * Walks over JSON text byte by byte, as strictly as RFC 8259 and `JSON.parse`, without recursion. `lenient` only looks
 * for the end of string values and does not check their content, which may be megabytes of an image.
 */
export class JsonCursor {
  /** Offset of the next byte. */
  at = 0
  /** The problem, after a method returned false. */
  problem = 'it is not valid JSON'
  private readonly text: Buffer
  private readonly lenient: boolean

  constructor(text: Buffer, lenient = false) {
    this.text = text
    this.lenient = lenient
  }

  /** Skips white space and returns the offset of the next byte. */
  next(): number {
    let byte = this.text[this.at]
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = this.text[++this.at]
    return this.at
  }

  /** Skips white space and this byte; returns false if another byte follows. */
  take(byte: number): boolean {
    if (this.text[this.next()] !== byte) return false
    this.at++
    return true
  }

  atEnd(): boolean {
    return this.next() === this.text.length
  }

  skipString(): boolean {
    if (!this.take(QUOTE)) return false
    const { text } = this
    let at = this.at
    for (;;) {
      const byte = text[at++]
      if (byte === QUOTE) break
      // Raw control characters and an early end of the text are errors.
      if (byte === undefined || byte < 0x20) return false
      if (byte === BACKSLASH) {
        const length = this.escapeLength(at)
        if (length === 0) return false
        at += length
      }
    }
    this.at = at
    return true
  }

  /** Skips one value of any kind, including its content. */
  skipValue(): boolean {
    const first = this.text[this.next()]
    if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) return this.skipScalar(first)
    /** The closing byte of each open container, outermost first. */
    const open: number[] = []
    do {
      const step = this.enterValue(open)
      if (step === 'fault') return false
      if (step === 'scalar' && !this.leaveContainers(open)) return false
    } while (open.length > 0)
    return true
  }

  /** Skips a scalar or an empty container whole, or steps to the first value in a container. */
  private enterValue(open: number[]): 'scalar' | 'entered' | 'fault' {
    const byte = this.text[this.next()]
    if (byte !== OPEN_OBJECT && byte !== OPEN_ARRAY) return this.skipScalar(byte) ? 'scalar' : 'fault'
    this.at++
    const close = byte === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY
    if (this.take(close)) return 'scalar'
    if (open.push(close) >= MAX_DEPTH) {
      this.problem = 'it is nested too deeply'
      return 'fault'
    }
    return close === CLOSE_ARRAY || this.skipName() ? 'entered' : 'fault'
  }

  /** Steps from a value to the next one, leaving every container that ends here. */
  private leaveContainers(open: number[]): boolean {
    for (let close = open.at(-1); close !== undefined; close = open.at(-1)) {
      if (this.take(0x2c)) return close === CLOSE_ARRAY || this.skipName()
      if (!this.take(close)) return false
      open.pop()
    }
    return true
  }

  private skipName(): boolean {
    return this.skipString() && this.take(0x3a)
  }

  private skipScalar(first: number | undefined): boolean {
    if (first === undefined) return false
    if (first === QUOTE) return this.lenient ? this.skipToEndOfString() : this.skipString()
    const word = LITERALS.get(first)
    if (word === undefined) return this.skipNumber()
    for (let index = 0; index < word.length; index++) if (this.text[this.at + index] !== word[index]) return false
    this.at += word.length
    return true
  }

  /** Reads short strings byte by byte, because a native search costs more. */
  private skipToEndOfString(): boolean {
    const { text } = this
    const start = this.at + 1
    let quote = this.endOfShortString(start)
    if (quote < 0) quote = text.indexOf(QUOTE, start)
    while (quote > 0 && isEscaped(text, quote, start)) quote = text.indexOf(QUOTE, quote + 1)
    this.at = quote + 1
    return quote > 0
  }

  /** -1 if the string is long, has escapes or has no end. */
  private endOfShortString(start: number): number {
    for (let at = start; at < start + SHORT_STRING; at++) {
      const byte = this.text[at]
      if (byte === QUOTE) return at
      if (byte === BACKSLASH || byte === undefined) return -1
    }
    return -1
  }

  private skipNumber(): boolean {
    if (this.text[this.at] === 0x2d) this.at++
    const leadingZero = this.text[this.at] === 0x30
    const digits = this.skipDigits()
    if (digits === 0 || (leadingZero && digits > 1)) return false
    if (this.text[this.at] === 0x2e) {
      this.at++
      if (this.skipDigits() === 0) return false
    }
    if (((this.text[this.at] ?? 0) | 0x20) !== 0x65) return true
    this.at++
    if (this.text[this.at] === 0x2b || this.text[this.at] === 0x2d) this.at++
    return this.skipDigits() > 0
  }

  private skipDigits(): number {
    const start = this.at
    while (isDigit(this.text[this.at])) this.at++
    return this.at - start
  }

  /** The number of bytes of an escape after its backslash; 0 if it is invalid. */
  private escapeLength(at: number): number {
    const byte = this.text[at] ?? 0
    if (byte !== 0x75) return ESCAPES.has(byte) ? 1 : 0
    for (let digit = at + 1; digit <= at + 4; digit++) if (!isHexDigit(this.text[digit])) return 0
    return 5
  }
}

/** True if an odd number of backslashes precedes the character. */
function isEscaped(text: Buffer, at: number, start: number): boolean {
  let before = at - 1
  while (before >= start && text[before] === BACKSLASH) before--
  return (at - before) % 2 === 0
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

function isHexDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false
  const lower = byte | 0x20
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66)
}
