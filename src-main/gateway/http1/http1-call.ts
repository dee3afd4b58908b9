import type { AnswerHead, Call, CallListener, CallRequest } from '../transport.ts'
import type { Connection, Occupant } from './connection.ts'

// Below this size, appending a copy of a piece is cheaper than a second write.
const SMALL_BYTES = 16 * 1024
const LAST_CHUNK = '0\r\n\r\n'

interface Http1CallOptions {
  readonly request: CallRequest
  /** The head of the request with its blank line, one character per byte. */
  readonly head: string
  readonly connection: Connection
  readonly listener: CallListener
}

/**
 * One request to the upstream and its answer. A body of known length is sent together with the head, so that nearly every
 * request is one write.
 */
export class Http1Call implements Call, Occupant {
  readonly method: string
  /** True if the whole request has been sent. */
  isSent = false
  readonly #listener: CallListener
  readonly #isChunked: boolean
  /** The head while it waits for the first piece. A long answer need not keep it in memory. */
  #waiting: string
  #connection: Connection | undefined
  #isOver = false

  constructor({ request, head, connection, listener }: Http1CallOptions) {
    this.method = request.method
    this.#listener = listener
    this.#isChunked = request.bodyLength === 'chunked'
    this.#waiting = head
    this.#connection = connection
    connection.begin(this)
    // It is unknown when the first piece arrives, so the head does not wait for it.
    if (this.#isChunked) this.#send('')
  }

  write(piece: Buffer): boolean {
    if (!this.#isChunked) return this.#sendPiece(piece, '')
    this.#waiting = `${piece.length.toString(16)}\r\n`
    return this.#sendPiece(piece, '\r\n')
  }

  end(last?: Buffer): void {
    if (last !== undefined && last.length > 0) this.write(last)
    if (this.#isChunked) this.#send(LAST_CHUNK)
    else if (this.#waiting !== '') this.#send('')
    this.isSent = true
    this.#connection?.settle()
  }

  #sendPiece(piece: Buffer, after: string): boolean {
    if (piece.length <= SMALL_BYTES) return this.#send(piece.toString('latin1') + after)
    if (this.#waiting !== '') this.#send('')
    const goesOn = this.#connection?.write(piece) ?? true
    return after === '' ? goesOn : this.#send(after)
  }

  /** Sends text after the waiting data, one character per byte. */
  #send(text: string): boolean {
    const whole = this.#waiting + text
    this.#waiting = ''
    return this.#connection?.write(whole) ?? true
  }

  onDrain(listener: () => void): void {
    this.#connection?.socket.once('drain', listener)
  }

  pause(): void {
    this.#connection?.socket.pause()
  }

  resume(): void {
    this.#connection?.socket.resume()
  }

  abort(): void {
    this.#isOver = true
    this.#connection?.abandon()
  }

  release(): void {
    this.#connection = undefined
  }

  fail(error: Error): void {
    if (this.#isOver) return
    this.#isOver = true
    try {
      this.#listener.onError(error)
    } catch (fault) {
      this.#listener.onFault(fault)
    }
  }

  onHead(head: AnswerHead): void {
    if (this.#isOver) return
    try {
      this.#listener.onHead(head)
    } catch (fault) {
      this.#break(fault)
    }
  }

  onData(piece: Buffer): void {
    if (this.#isOver) return
    try {
      this.#listener.onData(piece)
    } catch (fault) {
      this.#break(fault)
    }
  }

  onEnd(last: Buffer | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    try {
      this.#listener.onEnd(last)
    } catch (fault) {
      this.#break(fault)
    }
  }

  /** Keeps an error of the listener apart from errors of the upstream. */
  #break(fault: unknown): void {
    this.abort()
    this.#listener.onFault(fault)
  }
}
