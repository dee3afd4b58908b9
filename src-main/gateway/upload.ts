import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'

/**
 * A request's body on its way to the upstream, with backpressure. It stands between the two because undici destroys
 * the body of a request that failed, and destroying an IncomingMessage destroys the client's connection, which is
 * still to get its answer.
 */
export class Upload extends Readable {
  readonly #request: IncomingMessage
  readonly #onPiece: (bytes: number) => void

  /** `onPiece` is told the size of each piece that passes, in bytes. */
  constructor(request: IncomingMessage, onPiece: (bytes: number) => void) {
    super()
    this.#request = request
    this.#onPiece = onPiece
    request.pause()
    request.on('data', this.#pass)
    request.once('end', this.#end)
    request.once('error', this.#fail)
    request.once('close', this.#close)
  }

  override _read(): void {
    this.#request.resume()
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#request.off('data', this.#pass).off('end', this.#end).off('error', this.#fail).off('close', this.#close)
    callback(error)
  }

  readonly #pass = (piece: Buffer): void => {
    this.#onPiece(piece.length)
    if (!this.push(piece)) this.#request.pause()
  }

  readonly #end = (): void => {
    this.push(null)
  }

  readonly #fail = (error: Error): void => {
    this.destroy(error)
  }

  readonly #close = (): void => {
    if (!this.#request.complete) this.destroy(new Error('the client went away'))
  }
}
