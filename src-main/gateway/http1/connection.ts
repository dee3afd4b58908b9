import type { Socket } from 'node:net'
import { type CallListener, ConnectionLost, type UpstreamDeadlines, UpstreamTimeout } from '../transport.ts'
import { AnswerReader } from './answer-reader.ts'

/** What a connection knows of the call it is busy with. */
export interface Occupant extends Pick<CallListener, 'onHead' | 'onData' | 'onEnd'> {
  readonly method: string
  /** Whether the whole request is on its way. */
  readonly isSent: boolean
  fail(error: Error): void
  /** The connection is no longer its own. */
  release(): void
}

export interface ConnectionOptions {
  readonly socket: Socket
  readonly deadlines: UpstreamDeadlines
  /** It can take another request. */
  readonly onFree: (connection: Connection) => void
  readonly onGone: (connection: Connection) => void
}

/** One connection to the upstream, with at most one call on it at a time. */
export class Connection {
  readonly socket: Socket
  /** How long the upstream keeps it when idle, in milliseconds. */
  idleMs = Number.POSITIVE_INFINITY
  /** Whether a request can be sent: behind the TLS handshake, where there is one. */
  isOpen = false
  /** When it became idle, on the monotonic clock. */
  idleSince = 0
  readonly #options: ConnectionOptions
  #call: Occupant | undefined
  #reader: AnswerReader | undefined
  /** Since when a part of the answer that should come at once has not been whole; on the monotonic clock, 0 for none. */
  #unfinishedSince = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.socket = options.socket
    this.socket.on('end', () => this.#onEnd())
    this.socket.on('timeout', () => this.fail(new UpstreamTimeout('send')))
    this.socket.on('error', (error) => this.fail(error))
    this.socket.on('close', () => this.fail(this.#lost()))
  }

  /** Makes it the call's own until its answer is whole. */
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

  /** Node counts the time anew whenever the upstream takes something, also in the middle of a large piece. */
  #awaitDrain(): void {
    this.socket.setTimeout(this.#options.deadlines.sendMs)
    this.socket.once('drain', () => this.socket.setTimeout(0))
  }

  /** To be called now and then, with the time on the monotonic clock. */
  checkPace(now: number): void {
    if (this.#reader?.isBetween !== true) this.#unfinishedSince = 0
    else if (this.#unfinishedSince === 0) this.#unfinishedSince = now
    else if (now - this.#unfinishedSince >= this.#options.deadlines.headMs) this.fail(new UpstreamTimeout('head'))
  }

  /** Ends the call on it, if there is one, with an error, and the connection. */
  fail(error: Error): void {
    const call = this.#reader?.done === true ? undefined : this.#call
    this.#leave()
    call?.fail(error)
  }

  /** The call no longer wants its answer: what is on its way could be taken for the next one's. */
  abandon(): void {
    this.#leave()
  }

  /** To be called when the request has been sent, or will not be: then nothing of it can mix with the next. */
  settle(): void {
    const reader = this.#reader
    if (reader?.done !== true) return
    if (this.#call?.isSent !== true || reader.head?.keepsConnection !== true) return this.#leave()
    this.idleMs = reader.head.idleMs ?? Number.POSITIVE_INFINITY
    this.#forget()
    // Its end must be noticed, also when the last piece had to wait for a slow client.
    if (this.socket.isPaused()) this.socket.resume()
    this.#options.onFree(this)
  }

  /** Takes what the upstream says: the first `length` of `bytes`, which are only good until this returns. */
  take(bytes: Buffer, length: number): void {
    // Nobody asked: whatever it is, it is not the answer to what will be asked next.
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
