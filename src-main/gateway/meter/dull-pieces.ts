const LINE_FEED = 0x0a
const ERROR = Buffer.from('"error"')
const USAGE = Buffer.from('"usage"')
const DONE_LINE = Buffer.from('[DONE]')
const NOT_DONE = Buffer.from(',"done":false}\n')

/** Whether whole lines or events that begin with this piece can hold nothing that is counted, the model being known. */
export type IsDull = (piece: Buffer) => boolean

/**
 * One line of Ollama's, as nearly all are: it ends in `"done":false}`, and such a line has no counts. In a string these
 * bytes would have backslashes, and before the last bracket of a line they can only be the last member of its object.
 */
export const isDullLine: IsDull = (piece) =>
  piece.indexOf(LINE_FEED) === piece.length - 1 && endsWith(piece, NOT_DONE) && !piece.includes(ERROR)

/** Events of OpenAI's kind without usage. Names are searched as they are written, as they are when they are read. */
export const isDullEvent: IsDull = (piece) =>
  endsEvent(piece) && !piece.includes(USAGE) && !piece.includes(ERROR) && !piece.includes(DONE_LINE)

/** Whether a piece ends where a line or an event does, so that the next one begins a new one. */
export function endsLine(piece: Buffer): boolean {
  return piece[piece.length - 1] === LINE_FEED
}

export function endsEvent(piece: Buffer): boolean {
  return endsLine(piece) && piece[piece.length - 2] === LINE_FEED
}

/** Byte by byte: for so few a call out of JavaScript takes four times as long. */
function endsWith(piece: Buffer, end: Buffer): boolean {
  const from = piece.length - end.length
  if (from < 0) return false
  for (let at = 0; at < end.length; at++) if (piece[from + at] !== end[at]) return false
  return true
}
