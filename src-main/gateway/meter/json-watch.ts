import { Found } from './found.ts'
import { KeptText, type Scalar } from './kept-text.ts'
import type { Watched, WatchTree } from './watch-tree.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b

/** For up to this many bytes a loop is faster than starting a search. */
const SHORT = 24

/** The position of the next byte in the JSON grammar. */
const AT_ROOT = 0
const AT_NAME = 1
const IN_NAME = 2
const AT_COLON = 3
const AT_VALUE = 4
const IN_STRING = 5
const IN_SCALAR = 6
const IN_NESTED = 7
const IN_NESTED_STRING = 8
const AFTER_VALUE = 9
const LOST = 10

/**
 * Reads a sequence of JSON objects from chunks cut anywhere, and keeps only the few small values that it watches. So
 * memory is constant for an answer of any size, and text inside strings can never look like a count. It does not
 * validate: it skips invalid text until `reset`.
 */
export class JsonWatch {
  private readonly root: WatchTree
  private readonly onValue: (found: Found | 'array') => void
  private readonly found = new Found()
  private readonly kept = new KeptText()
  private state = AT_ROOT
  /** The objects around the current one, outermost first. */
  private readonly outer: WatchTree[] = []
  private here: WatchTree
  private target: Watched | undefined
  /** The number of open brackets in a value that is not watched. */
  private nesting = 0
  private afterNested = AFTER_VALUE
  /** True if the next byte of a string is escaped. */
  private escaping = false

  /** Calls `onValue` for each complete object. The argument is valid only during the call. */
  constructor(tree: WatchTree, onValue: (found: Found | 'array') => void) {
    this.root = tree
    this.here = tree
    this.onValue = onValue
  }

  /** Reads the bytes of `chunk` from `at` to `end` (exclusive). */
  write(chunk: Buffer, at: number, end: number): void {
    let next = at
    while (next < end) next = this.step(chunk, next, end)
    if (this.state === IN_NAME || this.state === IN_STRING || this.state === IN_SCALAR) this.kept.hold()
  }

  /** Drops an unfinished value at the end of a line or an event. */
  reset(): void {
    if (this.state !== AT_ROOT) this.startOver()
  }

  private startOver(): void {
    this.state = AT_ROOT
    if (this.outer.length > 0) this.outer.length = 0
    this.here = this.root
    this.nesting = 0
    this.escaping = false
    // Otherwise the chunk would stay in memory until the answer ends.
    this.kept.clear()
  }

  /** Reads a run of bytes and returns the offset of the first unread one. */
  private step(chunk: Buffer, at: number, end: number): number {
    switch (this.state) {
      case IN_NAME:
      case IN_STRING:
        return this.inKeptString(chunk, at, end)
      case IN_NESTED:
        return this.inNested(chunk, at, end)
      case IN_NESTED_STRING:
        return this.inNestedString(chunk, at, end)
      case IN_SCALAR:
        return this.inScalar(chunk, at, end)
      case LOST:
        return end
      default:
        this.atToken(chunk, at)
        return at + 1
    }
  }

  private atToken(chunk: Buffer, at: number): void {
    const byte = chunk[at] as number
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return
    switch (this.state) {
      case AT_ROOT:
        return this.atRoot(byte)
      case AT_NAME:
        if (byte === QUOTE) return this.keep(IN_NAME)
        return byte === CLOSE_OBJECT ? this.closeObject() : this.lose()
      case AT_COLON:
        this.state = byte === COLON ? AT_VALUE : LOST
        return
      case AT_VALUE:
        return this.atValue(chunk, at)
      default:
        if (byte === COMMA) this.state = AT_NAME
        else if (byte === CLOSE_OBJECT) this.closeObject()
        else this.lose()
    }
  }

  private atRoot(byte: number): void {
    this.found.clear()
    this.target = undefined
    if (byte === OPEN_OBJECT) this.state = AT_NAME
    else if (byte === OPEN_ARRAY) this.enterNested(AT_ROOT)
    else this.lose()
  }

  private atValue(chunk: Buffer, at: number): void {
    const { target } = this
    const byte = chunk[at] as number
    if (byte === QUOTE) {
      if (target?.isLeaf) return this.keep(IN_STRING)
      this.state = IN_NESTED_STRING
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (target?.isLeaf) this.found.set(target.path, true)
      if (byte === OPEN_ARRAY || target === undefined || target.children.length === 0)
        return this.enterNested(AFTER_VALUE)
      this.outer.push(this.here)
      this.here = target.children
      this.state = AT_NAME
    } else {
      this.keep(IN_SCALAR)
      this.kept.add(chunk, at, at + 1)
    }
  }

  private keep(state: number): void {
    this.state = state
    this.kept.clear()
  }

  private lose(): void {
    this.state = LOST
  }

  private enterNested(then: number): void {
    this.nesting = 1
    this.afterNested = then
    this.state = IN_NESTED
  }

  private closeObject(): void {
    const around = this.outer.pop()
    this.state = AFTER_VALUE
    if (around !== undefined) this.here = around
    else this.finish(this.found)
  }

  private finish(value: Found | 'array'): void {
    this.startOver()
    this.onValue(value)
  }

  private inNested(chunk: Buffer, at: number, end: number): number {
    let { nesting } = this
    let next = at
    while (next < end && nesting > 0) {
      const byte = chunk[next++] as number
      // { and [ differ only in bit 0x20, and so do } and ].
      if ((byte | 0x20) === OPEN_OBJECT) nesting++
      else if ((byte | 0x20) === CLOSE_OBJECT) nesting--
      else if (byte === QUOTE) {
        this.state = IN_NESTED_STRING
        break
      }
    }
    this.nesting = nesting
    if (nesting === 0) this.leaveNested()
    return next
  }

  private leaveNested(): void {
    this.state = AFTER_VALUE
    if (this.afterNested === AT_ROOT) this.finish('array')
  }

  /** Loops over short strings and searches for the end of others, because most of an answer is one long string. */
  private inNestedString(chunk: Buffer, at: number, end: number): number {
    const start = this.escaping ? at + 1 : at
    const near = Math.min(end, start + SHORT)
    for (let next = start; next < near && chunk[next] !== BACKSLASH; next++) {
      if (chunk[next] === QUOTE) return this.leaveNestedString(next)
    }
    this.escaping = false
    for (let quote = chunk.indexOf(QUOTE, start); quote >= 0 && quote < end; quote = chunk.indexOf(QUOTE, quote + 1)) {
      if (isEscaped(chunk, start, quote)) continue
      return this.leaveNestedString(quote)
    }
    this.escaping = isEscaped(chunk, start, end)
    return end
  }

  private leaveNestedString(quote: number): number {
    this.escaping = false
    this.state = this.nesting > 0 ? IN_NESTED : AFTER_VALUE
    return quote + 1
  }

  /** Reads a name or a watched string. */
  private inKeptString(chunk: Buffer, at: number, end: number): number {
    let { escaping } = this
    let next = at
    for (; next < end; next++) {
      const byte = chunk[next]
      if (escaping) escaping = false
      else if (byte === BACKSLASH) escaping = true
      else if (byte === QUOTE) break
    }
    this.escaping = escaping
    this.kept.add(chunk, at, next)
    if (next === end) return end
    this.leaveKeptString()
    return next + 1
  }

  private leaveKeptString(): void {
    if (this.state === IN_NAME) {
      // Compared without decoding, because no upstream escapes the letters of these names.
      this.target = this.watchedName()
      this.state = AT_COLON
    } else {
      this.state = AFTER_VALUE
      this.set(this.kept.text())
    }
  }

  private watchedName(): Watched | undefined {
    for (const watched of this.here) if (this.kept.is(watched.name)) return watched
    return undefined
  }

  private inScalar(chunk: Buffer, at: number, end: number): number {
    for (let next = at; next < end; next++) {
      const byte = chunk[next] as number
      if (byte === COMMA || byte === CLOSE_OBJECT || byte <= 0x20) {
        this.state = AFTER_VALUE
        this.kept.add(chunk, at, next)
        if (this.target?.isLeaf) this.set(this.kept.scalar())
        return next
      }
    }
    this.kept.add(chunk, at, end)
    return end
  }

  private set(value: Scalar | undefined): void {
    if (this.target !== undefined && value !== undefined) this.found.set(this.target.path, value)
  }
}

/** True if an odd number of backslashes precedes an offset, counting from `start`. */
function isEscaped(chunk: Buffer, start: number, place: number): boolean {
  let first = place
  while (first > start && chunk[first - 1] === BACKSLASH) first--
  return (place - first) % 2 === 1
}
