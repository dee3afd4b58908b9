import { AnswerReader } from '../../../../src-main/gateway/http1/answer-reader.ts'
import type { AnswerHead } from '../../../../src-main/gateway/transport.ts'

/** The calls that a listener received for an answer. */
export interface Heard {
  readonly head: AnswerHead | undefined
  readonly body: string
  readonly ended: boolean
}

/** Reads an answer that comes in these pieces, and the end of the connection behind them if `closes`. */
export function hear(pieces: readonly Buffer[], { method = 'GET', closes = false } = {}): Heard {
  let head: AnswerHead | undefined
  const body: Buffer[] = []
  let ended = false
  const reader = new AnswerReader(method, {
    onHead: (one) => (head = one),
    onData: (piece) => void body.push(piece),
    onEnd(last) {
      if (last !== undefined) body.push(last)
      ended = true
    },
  })
  for (const piece of pieces) {
    // As a connection reads them: into room that holds something else before and afterwards.
    const room = Buffer.concat([piece, Buffer.from('HTTP/1.1 500 not yours')])
    reader.read(room, piece.length)
    room.fill('x')
  }
  if (closes) reader.close()
  return { head, body: Buffer.concat(body).toString('latin1'), ended }
}

/** The text cut at these places; each at most its length. */
export function cut(text: string, places: readonly number[]): Buffer[] {
  const sorted = [...new Set([0, ...places.map((place) => place % (text.length + 1)), text.length])].sort(
    (a, b) => a - b,
  )
  return sorted.slice(1).map((end, at) => Buffer.from(text.slice(sorted[at], end), 'latin1'))
}

/** One byte at a time. */
export function byteByByte(text: string): Buffer[] {
  return Array.from(Buffer.from(text, 'latin1'), (byte) => Buffer.of(byte))
}
