import { isUtf8 } from 'node:buffer'
import { JsonCursor } from './json-cursor.ts'

/** One top-level member of a JSON object, with its place in the text (byte offsets, ends excluded). */
export interface JsonMember {
  /** As decoded: `"\u004dodel"` is `Model`. */
  readonly name: string
  /** As Go's encoding/json compares names. */
  readonly folded: string
  readonly nameStart: number
  readonly valueStart: number
  readonly valueEnd: number
}

export interface JsonMembers {
  readonly members: readonly JsonMember[]
}

/** Why a text was not read: for the person, so never a piece of the text. */
export interface JsonProblem {
  readonly problem: string
}

// No client sends anything near this; each member costs memory.
const MAX_MEMBERS = 10_000

/**
 * The members of the JSON object in `text`, which must be all there is in it. As strict as `JSON.parse`, and refuses
 * nesting deeper than 500. Linear in the length of the text; never throws.
 */
export function readMembers(text: Buffer): JsonMembers | JsonProblem {
  if (!isUtf8(text)) return { problem: 'not valid UTF-8' }
  if (text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf) return { problem: 'it begins with a byte order mark' }
  const cursor = new JsonCursor(text)
  if (!cursor.take(0x7b)) return { problem: 'not a JSON object' }
  const members: JsonMember[] = []
  let more = !cursor.take(0x7d)
  while (more) {
    const member = readMember(text, cursor)
    if (member === undefined) return { problem: cursor.problem }
    members.push(member)
    if (members.length > MAX_MEMBERS) return { problem: 'too many members' }
    more = cursor.take(0x2c)
    if (!more && !cursor.take(0x7d)) return { problem: cursor.problem }
  }
  return cursor.atEnd() ? { members } : { problem: 'something follows the JSON object' }
}

function readMember(text: Buffer, cursor: JsonCursor): JsonMember | undefined {
  const nameStart = cursor.next()
  if (!cursor.skipString()) return undefined
  const name = decodeString(text.subarray(nameStart, cursor.at))
  if (!cursor.take(0x3a)) return undefined
  const valueStart = cursor.next()
  if (!cursor.skipValue()) return undefined
  return { name, folded: foldName(name), nameStart, valueStart, valueEnd: cursor.at }
}

/** The text of a valid JSON string, given with its quotes. */
export function decodeString(quoted: Buffer): string {
  return quoted.includes(0x5c) ? String(JSON.parse(quoted.toString())) : quoted.toString('utf8', 1, quoted.length - 1)
}

/**
 * Go's encoding/json matches names without regard to case, by Unicode's simple folding: of all letters beyond ASCII,
 * only the long s (U+017F) and the Kelvin sign (U+212A) fold into ASCII.
 */
function foldName(name: string): string {
  return name.replace(/[A-Z\u017f\u212a]/g, (letter) => {
    if (letter === '\u017f') return 's'
    return letter === '\u212a' ? 'k' : letter.toLowerCase()
  })
}
