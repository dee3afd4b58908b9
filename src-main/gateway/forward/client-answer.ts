import type { Answer, ExchangeContext } from '../exchange-context.ts'
import { type BodyChange, clientHeaders } from '../head/response-headers.ts'
import { sayHowLongKept } from '../local-answer.ts'
import type { AnswerHead } from '../transport.ts'

// Above this size, a copy costs more than three writes.
const SMALL_BYTES = 16 * 1024

/**
 * Writes the body of an answer. node:http uses four writes per chunk, and joins head and body only if both are text. So a
 * small piece is converted to text, one character per byte, and sent with its framing in one write.
 */
export class ClientAnswer {
  readonly #response: Answer
  readonly #framed: boolean
  /** True if node:http has sent the head and a piece. */
  #begun = false

  /** Create it after the head was written and before any part of the body. */
  constructor(response: Answer) {
    this.#response = response
    // From here on this class does the framing.
    this.#framed = response.chunkedEncoding
    response.chunkedEncoding = false
  }

  /** False: wait for `onDrain`. */
  write(piece: Buffer): boolean {
    const response = this.#response
    if (!this.#framed) return response.write(piece)
    const size = `${piece.length.toString(16)}\r\n`
    if (piece.length <= SMALL_BYTES) return this.#writeText(`${size}${piece.toString('latin1')}\r\n`)
    response.write(size, 'latin1')
    response.write(piece)
    return response.write('\r\n', 'latin1')
  }

  /** Calls back once, when the client has taken the written data. */
  onDrain(listener: () => void): void {
    const { socket } = this.#response
    if (socket?.writableNeedDrain) socket.once('drain', listener)
    else this.#response.once('drain', listener)
  }

  /**
   * After the head, pieces are written to the connection directly, because node:http would hold each until the end of the
   * turn to join it with others. Before that, the connection may still belong to the previous answer.
   */
  #writeText(text: string): boolean {
    const { socket } = this.#response
    if (socket !== null && this.#begun) return socket.write(text, 'latin1')
    this.#begun = true
    return this.#response.write(text, 'latin1')
  }

  end(last: Buffer | undefined): void {
    const piece = last === undefined || last.length === 0 ? undefined : last
    if (this.#framed) this.#endFramed(piece)
    else if (piece === undefined) this.#response.end()
    else if (piece.length > SMALL_BYTES) this.#response.end(piece)
    else this.#response.end(piece.toString('latin1'), 'latin1')
  }

  #endFramed(piece: Buffer | undefined): void {
    const isSmall = piece !== undefined && piece.length <= SMALL_BYTES
    if (piece !== undefined && !isSmall) this.write(piece)
    const frame = isSmall ? `${piece.length.toString(16)}\r\n${piece.toString('latin1')}\r\n` : ''
    this.#response.end(`${frame}0\r\n\r\n`, 'latin1')
  }
}

interface Beginning {
  /** From the upstream's answer. */
  readonly head: AnswerHead
  readonly change: BodyChange
  readonly waiting: { readonly isEnded: boolean }
}

/** Writes the head of the upstream's answer to the client. Returns undefined if the client has left. */
export function beginClientAnswer(context: ExchangeContext, beginning: Beginning): ClientAnswer | undefined {
  const { status, lines, bodyLength } = beginning.head
  const ours = clientHeaders(lines, context.id, beginning.change)
  sayHowLongKept(context, ours)
  if (!context.writeHead(status, ours)) return undefined
  // The head of a stream must not wait for the first token. Usually both arrive together and are sent in one write.
  if (bodyLength < 0) setImmediate(() => flushHead(context, beginning.waiting))
  return new ClientAnswer(context.response)
}

function flushHead(context: ExchangeContext, { isEnded }: Beginning['waiting']): void {
  if (isEnded || context.bytesOut > 0) return
  try {
    context.response.flushHeaders()
  } catch (error) {
    context.fail(error)
  }
}
