import type { IncomingMessage } from 'node:http'
import type { Call } from './upstream/call.ts'

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
  /** Told the size of each piece that passes, in bytes. */
  readonly onPiece: (bytes: number) => void
}

/**
 * A request's body on its way to the upstream, with backpressure. A body of known length leaves together with its head,
 * which nearly always makes the whole request one write.
 */
export class Upload {
  readonly #options: UploadOptions
  /** The head, as long as it waits for the first piece. */
  #waiting: string
  #stopped = false

  constructor(options: UploadOptions) {
    this.#options = options
    this.#waiting = options.head
    if (options.chunked) this.#sendHead()
    options.request.on('data', this.#pass).on('end', this.#end)
  }

  /** Sends nothing more. What still comes is somebody else's to read away. */
  stop(): void {
    this.#stopped = true
    this.#options.request.off('data', this.#pass).off('end', this.#end)
  }

  readonly #pass = (piece: Buffer): void => {
    const { request, call, onPiece } = this.#options
    onPiece(piece.length)
    if (this.#stopped || this.#write(piece)) return
    request.pause()
    call.onDrain(() => request.resume())
  }

  readonly #end = (): void => {
    const { call, chunked } = this.#options
    this.#sendHead()
    if (chunked) call.write(LAST_CHUNK)
    call.markSent()
  }

  #write(piece: Buffer): boolean {
    const { call, chunked } = this.#options
    const before = chunked ? `${piece.length.toString(16)}\r\n` : this.#waiting
    const after = chunked ? '\r\n' : ''
    this.#waiting = ''
    if (piece.length <= SMALL_BYTES) return call.write(before + piece.toString('latin1') + after)
    if (before !== '') call.write(before)
    const goesOn = call.write(piece)
    return after === '' ? goesOn : call.write(after)
  }

  #sendHead(): void {
    if (this.#waiting !== '') this.#options.call.write(this.#waiting)
    this.#waiting = ''
  }
}
