import { hasAt } from '../body/json-members.ts'

const LINE_FEED = 0x0a
const QUOTE = 0x22
const BRACKET = 0x5b
const ERROR = Buffer.from('"error"')
const USAGE = Buffer.from('"usage"')
const DONE_LINE = Buffer.from('[DONE]')
const NOT_DONE = Buffer.from(',"done":false}\n')
/** Every pattern begins with a quote or a bracket. */
const OF_LINES = [ERROR]
const OF_EVENTS = [USAGE, ERROR, DONE_LINE]
/** For up to this many bytes a loop is faster than a native search. */
const SHORT = 512

/**
 * True if a chunk that begins with a line or an event has only complete ones that cannot contain counts. Assumes that
 * the model is known.
 */
export type IsSkippable = (piece: Buffer) => boolean

/**
 * Recognises one line of Ollama that ends in `"done":false}`, as nearly all do; such a line has no counts. Inside a
 * string these bytes would have backslashes, and before the last bracket of a line they can only be the last member of
 * its object.
 */
export const isSkippableLine: IsSkippable = (piece) =>
  piece.indexOf(LINE_FEED) === piece.length - 1 && endsWith(piece, NOT_DONE) && !holdsAny(piece, OF_LINES)

/** Recognises OpenAI events without usage. Names are compared without decoding, like when they are read. */
export const isSkippableEvent: IsSkippable = (piece) => endsEvent(piece) && !holdsAny(piece, OF_EVENTS)

/** True if a chunk ends with a line or an event, so that the next chunk begins a new one. */
export function endsLine(piece: Buffer): boolean {
  return piece[piece.length - 1] === LINE_FEED
}

export function endsEvent(piece: Buffer): boolean {
  return endsLine(piece) && piece[piece.length - 2] === LINE_FEED
}

function endsWith(piece: Buffer, end: Buffer): boolean {
  const from = piece.length - end.length
  return from >= 0 && hasAt(piece, from, end)
}

function holdsAny(piece: Buffer, names: readonly Buffer[]): boolean {
  if (piece.length > SHORT) return names.some((name) => piece.includes(name))
  for (let at = 0; at < piece.length; at++) {
    const byte = piece[at]
    if ((byte === QUOTE || byte === BRACKET) && standsAt(piece, at, names)) return true
  }
  return false
}

function standsAt(piece: Buffer, at: number, names: readonly Buffer[]): boolean {
  for (const name of names) if (hasAt(piece, at, name)) return true
  return false
}
