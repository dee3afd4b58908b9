import type { BodyChange } from '../head/response-headers.ts'
import type { AnswerHead } from '../transport.ts'

const LIMIT = 64 * 1024
const PATIENCE_MS = 2_000

/** The beginning of an answer that is held back until it is known what it is about: bounded in length and in time. */
export class HeldAnswer {
  readonly head: AnswerHead
  readonly change: BodyChange
  readonly #pieces: Buffer[] = []
  readonly #deadline: NodeJS.Timeout
  #size = 0

  /** `onLate` is called when it has not been whole for too long. */
  constructor({ head, change, onLate }: { head: AnswerHead; change: BodyChange; onLate: () => void }) {
    this.head = head
    this.change = change
    this.#deadline = setTimeout(onLate, PATIENCE_MS)
  }

  /** False: this is as much as is held, so it must be judged now. */
  take(piece: Buffer): boolean {
    this.#pieces.push(piece)
    this.#size += piece.length
    return this.#size < LIMIT
  }

  /** All that came, to be judged or passed on. */
  release(): Buffer {
    clearTimeout(this.#deadline)
    return Buffer.concat(this.#pieces)
  }
}
