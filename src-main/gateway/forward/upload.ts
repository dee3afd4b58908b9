import type { IncomingMessage } from 'node:http'
import type { Call } from '../http1/call.ts'

// Below this, copying the body behind the head is cheaper than a second write.
const SMALL_BYTES = 16 * 1024
const LAST_CHUNK = '0\r\n\r\n'

export interface UploadOptions {
  readonly request: IncomingMessage
  readonly call: Call
  /** The head of the upstream request, with its blank line; one character per byte. */
  readonly head: string
  /** Whether the body goes on in chunks, because its length was not announced. */
  readonly chunked: boolean
  /** Told of each piece before it passes. */
  readonly onPiece: (piece: Buffer) => void
}

/**
 * A request's body on its way to the upstream, with backpressure. A body of known length leaves together with its head,
 * which nearly always makes the whole request one write.
 */
export class Upload {
  readonly #request: IncomingMessage
  readonly #call: Call
  readonly #chunked: boolean
  readonly #onPiece: (piece: Buffer) => void
  /** The head, as long as it waits for the first piece: a long answer need not keep it in memory. */
  #waiting: string
  #stopped = false

  constructor(options: UploadOptions) {
    this.#request = options.request
    this.#call = options.call
    this.#chunked = options.chunked
    this.#onPiece = options.onPiece
    this.#waiting = options.head
    if (options.chunked) this.#sendHead()
    options.request.on('data', this.#pass).on('end', this.#end)
  }

  /** Sends nothing more. What still comes is somebody else's to read away. */
  stop(): void {
    this.#stopped = true
    this.#request.off('data', this.#pass).off('end', this.#end)
  }

  readonly #pass = (piece: Buffer): void => {
    this.#onPiece(piece)
    if (this.#stopped || this.#write(piece)) return
    this.#request.pause()
    this.#call.onDrain(() => this.#request.resume())
  }

  readonly #end = (): void => {
    this.#sendHead()
    if (this.#chunked) this.#call.write(LAST_CHUNK)
    this.#call.markSent()
  }

  #write(piece: Buffer): boolean {
    const call = this.#call
    const chunked = this.#chunked
    const before = chunked ? `${piece.length.toString(16)}\r\n` : this.#waiting
    const after = chunked ? '\r\n' : ''
    this.#waiting = ''
    if (piece.length <= SMALL_BYTES) return call.write(before + piece.toString('latin1') + after)
    if (before !== '') call.write(before)
    const goesOn = call.write(piece)
    return after === '' ? goesOn : call.write(after)
  }

  #sendHead(): void {
    if (this.#waiting !== '') this.#call.write(this.#waiting)
    this.#waiting = ''
  }
}
