import type { AnswerHead } from './answer-head.ts'
import type { AnswerListener } from './answer-reader.ts'
import type { Connection, Occupant } from './connection.ts'

/** Who makes a call and gets its answer. */
export interface CallListener extends AnswerListener {
  /** The answer will not become whole. Not called after `onEnd`, nor after `abort`. */
  onError(error: Error): void
  /** One of the listener's own calls has thrown. The call is over then. */
  onFault(error: unknown): void
}

/** One request to the upstream and its answer: what its maker can do with it from outside. */
export class Call implements Occupant {
  readonly method: string
  /** Whether the whole request is on its way. */
  isSent = false
  readonly #listener: CallListener
  #connection: Connection | undefined
  #isOver = false

  constructor(options: { method: string; connection: Connection; listener: CallListener }) {
    this.method = options.method
    this.#listener = options.listener
    this.#connection = options.connection
    options.connection.begin(this)
  }

  /** Writes a piece of the request. False: wait for `onDrain`. Text has one character per byte. */
  write(piece: Buffer | string): boolean {
    return this.#connection?.write(piece) ?? true
  }

  onDrain(listener: () => void): void {
    this.#connection?.socket.once('drain', listener)
  }

  /** The request is complete. */
  markSent(): void {
    this.isSent = true
    this.#connection?.settle()
  }

  /** Stops the answer from coming, for backpressure. */
  pause(): void {
    this.#connection?.socket.pause()
  }

  resume(): void {
    this.#connection?.socket.resume()
  }

  /** Closes the connection, so that the upstream stops working on it. The listener hears nothing more. */
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

  /** An error of the listener's is none of the upstream's, and must not be taken for one by whoever reads the answer. */
  #break(fault: unknown): void {
    this.abort()
    this.#listener.onFault(fault)
  }
}
