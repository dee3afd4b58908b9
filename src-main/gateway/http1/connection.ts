import type { Socket } from 'node:net'
import { type CallListener, ConnectionLost, type UpstreamDeadlines, UpstreamTimeout } from '../transport.ts'
import { AnswerReader } from './answer-reader.ts'

/** The interface of a connection to its current call. */
export interface Occupant extends Pick<CallListener, 'onHead' | 'onData' | 'onEnd'> {
  readonly method: string
  /** True if the whole request has been sent. */
  readonly isSent: boolean
  fail(error: Error): void
  /** Called when the connection no longer belongs to the call. */
  release(): void
}

export interface ConnectionOptions {
  readonly socket: Socket
  readonly deadlines: UpstreamDeadlines
  /** Called when the connection can take another request. */
  readonly onFree: (connection: Connection) => void
  readonly onGone: (connection: Connection) => void
}

/** One connection to the upstream, with at most one call on it at a time. */
export class Connection {
  readonly socket: Socket
  /** The upstream's keep-alive timeout in milliseconds. */
  idleMs = Number.POSITIVE_INFINITY
  /** True if a request can be sent: after the TLS handshake, if any. */
  isOpen = false
  /** The time when it became idle, on the monotonic clock. */
  idleSince = 0
  readonly #options: ConnectionOptions
  #call: Occupant | undefined
  #reader: AnswerReader | undefined
  /** Since when a part of the answer that should arrive at once is incomplete, on the monotonic clock; 0 if none is. */
  #unfinishedSince = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.socket = options.socket
    this.socket.on('end', () => this.#onEnd())
    this.socket.on('timeout', () => this.fail(new UpstreamTimeout('send')))
    this.socket.on('error', (error) => this.fail(error))
    this.socket.on('close', () => this.fail(this.#lost()))
  }

  /** Reserves the connection for a call until its answer is complete. */
  begin(call: Occupant): void {
    this.#call = call
    this.#reader = new AnswerReader(call.method, call)
  }

  /** Writes a piece of the request. False: wait for the socket's `drain`. Text has one character per byte. */
  write(piece: Buffer | string): boolean {
    const { socket } = this
    const goesOn = typeof piece === 'string' ? socket.write(piece, 'latin1') : socket.write(piece)
    if (!goesOn && !socket.timeout) this.#awaitDrain()
    return goesOn
  }

  /** Node restarts the timeout whenever the upstream takes bytes, even within a large piece. */
  #awaitDrain(): void {
    this.socket.setTimeout(this.#options.deadlines.sendMs)
    this.socket.once('drain', () => this.socket.setTimeout(0))
  }

  /** Call regularly with the time on the monotonic clock. */
  checkPace(now: number): void {
    if (this.#reader?.isBetween !== true) this.#unfinishedSince = 0
    else if (this.#unfinishedSince === 0) this.#unfinishedSince = now
    else if (now - this.#unfinishedSince >= this.#options.deadlines.headMs) this.fail(new UpstreamTimeout('head'))
  }

  /** Ends the connection, and its call, if any, with an error. */
  fail(error: Error): void {
    const call = this.#reader?.done === true ? undefined : this.#call
    this.#leave()
    call?.fail(error)
  }

  /** Closes the connection of an aborted call, because the rest of its answer could be taken for the next one. */
  abandon(): void {
    this.#leave()
  }

  /** Call when the request has been sent or given up, so that none of it can mix with the next one. */
  settle(): void {
    const reader = this.#reader
    if (reader?.done !== true) return
    if (this.#call?.isSent !== true || reader.head?.keepsConnection !== true) return this.#leave()
    this.idleMs = reader.head.idleMs ?? Number.POSITIVE_INFINITY
    this.#forget()
    // The upstream's close must be noticed, even if the last piece waited for a slow client.
    if (this.socket.isPaused()) this.socket.resume()
    this.#options.onFree(this)
  }

  /** Receives the first `length` bytes, which are valid only until this returns. */
  take(bytes: Buffer, length: number): void {
    // No request is pending, so these bytes cannot be the answer to the next one.
    if (this.#reader === undefined) return this.#leave()
    try {
      this.#reader.read(bytes, length)
    } catch (error) {
      return this.fail(error as Error)
    }
    this.settle()
  }

  #onEnd(): void {
    try {
      this.#reader?.close()
      this.#leave()
    } catch {
      this.fail(this.#lost())
    }
  }

  #lost(): ConnectionLost {
    return new ConnectionLost('the upstream closed the connection', this.isOpen)
  }

  #leave(): void {
    this.#forget()
    this.socket.destroy()
    this.#options.onGone(this)
  }

  #forget(): void {
    this.#call?.release()
    this.#call = undefined
    this.#reader = undefined
  }
}
