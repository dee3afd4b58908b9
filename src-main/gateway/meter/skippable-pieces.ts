import { hasAt } from '../body/json-members.ts'

const LINE_FEED = 0x0a
const QUOTE = 0x22
const BRACKET = 0x5b
const ERROR = Buffer.from('"error"')
const USAGE = Buffer.from('"usage"')
const DONE_LINE = Buffer.from('[DONE]')
const NOT_DONE = Buffer.from(',"done":false}\n')
/** Each begins with a quote or a bracket. */
const OF_LINES = [ERROR]
const OF_EVENTS = [USAGE, ERROR, DONE_LINE]
/** Up to so many bytes a walk ends before a search outside of JavaScript would. */
const SHORT = 512

/** Whether whole lines or events that begin with this piece can hold nothing that is counted, the model being known. */
export type IsSkippable = (piece: Buffer) => boolean

/**
 * One line of Ollama's, as nearly all are: it ends in `"done":false}`, and such a line has no counts. In a string these
 * bytes would have backslashes, and before the last bracket of a line they can only be the last member of its object.
 */
export const isSkippableLine: IsSkippable = (piece) =>
  piece.indexOf(LINE_FEED) === piece.length - 1 && endsWith(piece, NOT_DONE) && !holdsAny(piece, OF_LINES)

/** Events of OpenAI's kind without usage. Names are searched as they are written, as they are when they are read. */
export const isSkippableEvent: IsSkippable = (piece) => endsEvent(piece) && !holdsAny(piece, OF_EVENTS)

/** Whether a piece ends where a line or an event does, so that the next one begins a new one. */
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
