import { isUtf8 } from 'node:buffer'
import { JsonCursor } from './json-cursor.ts'

/** One top-level member of a JSON object with its byte offsets in the text; ends are exclusive. */
export class JsonMember {
  readonly nameStart: number
  readonly nameEnd: number
  readonly valueStart: number
  readonly valueEnd: number
  private readonly text: Buffer

  constructor(text: Buffer, at: { nameStart: number; nameEnd: number; valueStart: number; valueEnd: number }) {
    this.text = text
    this.nameStart = at.nameStart
    this.nameEnd = at.nameEnd
    this.valueStart = at.valueStart
    this.valueEnd = at.valueEnd
  }

  /** The decoded name: `"\u004dodel"` is `Model`. */
  get name(): string {
    return decodeString(this.text, this.nameStart, this.nameEnd)
  }

  /** The name as Go's encoding/json compares it. */
  get folded(): string {
    return foldName(this.name)
  }

  /** True if the name is written exactly like this, including the quotes. Cheaper than decoding the name. */
  isWritten(quoted: Buffer): boolean {
    const { text, nameStart, nameEnd } = this
    return nameEnd - nameStart === quoted.length && hasAt(text, nameStart, quoted)
  }
}

/** True if a name is plain ASCII without escapes, so that folding changes only its case. */
export function isPlainName({ nameStart, nameEnd }: JsonMember, text: Buffer): boolean {
  for (let at = nameStart; at < nameEnd; at++) {
    const byte = text[at] as number
    if (byte >= 0x80 || byte === 0x5c) return false
  }
  return true
}

/** True if the text has `bytes` at this offset. A loop, because a native call costs more than comparing a few bytes. */
export function hasAt(text: Buffer, at: number, bytes: Buffer): boolean {
  for (let index = 0; index < bytes.length; index++) if (text[at + index] !== bytes[index]) return false
  return true
}

export interface JsonMembers {
  readonly members: readonly JsonMember[]
}

/** Why a text could not be read. A person sees it, so it never contains a piece of the text. */
export interface JsonProblem {
  readonly problem: string
}

// Far more than any client sends. Each member costs memory.
const MAX_MEMBERS = 10_000

/**
 * The members of the JSON object in `text`, which must contain nothing else. As strict as `JSON.parse`; also refuses
 * nesting deeper than 500. `lenient` accepts everything that Go's decoder accepts and more: Go reads invalid UTF-8 as
 * U+FFFD and ignores text after the object. Strings may then be undecodable. Runs in linear time; never throws.
 */
export function readMembers(text: Buffer, lenient = false): JsonMembers | JsonProblem {
  if (!lenient && !isUtf8(text)) return { problem: 'it is not valid UTF-8' }
  if (text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf) return { problem: 'it begins with a byte order mark' }
  const cursor = new JsonCursor(text, lenient)
  if (!cursor.take(0x7b)) return { problem: 'it is not a JSON object' }
  const members: JsonMember[] = []
  let more = !cursor.take(0x7d)
  while (more) {
    const member = readMember(text, cursor)
    if (member === undefined) return { problem: cursor.problem }
    if (members.push(member) > MAX_MEMBERS) return { problem: 'it has too many members' }
    more = cursor.take(0x2c)
    if (!more && !cursor.take(0x7d)) return { problem: cursor.problem }
  }
  return lenient || cursor.atEnd() ? { members } : { problem: 'it has text after the JSON object' }
}

function readMember(text: Buffer, cursor: JsonCursor): JsonMember | undefined {
  const nameStart = cursor.next()
  if (!cursor.skipString()) return undefined
  const nameEnd = cursor.at
  if (!cursor.take(0x3a)) return undefined
  const valueStart = cursor.next()
  if (!cursor.skipValue()) return undefined
  return new JsonMember(text, { nameStart, nameEnd, valueStart, valueEnd: cursor.at })
}

/** Decodes a valid JSON string with its quotes at `start` to `end` (exclusive). */
export function decodeString(json: Buffer, start: number, end: number): string {
  const text = json.toString('utf8', start + 1, end - 1)
  return text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text
}

/**
 * Go's encoding/json matches names case-insensitively by Unicode's simple folding. Of all letters beyond ASCII, only
 * the long s (U+017F) and the Kelvin sign (U+212A) fold into ASCII.
 */
function foldName(name: string): string {
  return name.replace(/[A-Z\u017f\u212a]/g, (letter) => {
    if (letter === '\u017f') return 's'
    return letter === '\u212a' ? 'k' : letter.toLowerCase()
  })
}
