import type { BodyChange } from '../head/response-headers.ts'
import type { AnswerHead } from '../transport.ts'

const LIMIT = 64 * 1024
const PATIENCE_MS = 2_000

/**
 * The beginning of an answer, held back until its body shows whether it reports a fault of Latchkey's access. Bounded
 * in length and time.
 */
export class HeldAnswer {
  readonly head: AnswerHead
  readonly change: BodyChange
  readonly #pieces: Buffer[] = []
  readonly #deadline: NodeJS.Timeout
  #size = 0

  /** `onLate` is called if the answer is still incomplete when the time is over. */
  constructor({ head, change, onLate }: { head: AnswerHead; change: BodyChange; onLate: () => void }) {
    this.head = head
    this.change = change
    this.#deadline = setTimeout(onLate, PATIENCE_MS)
  }

  /** Returns false if the limit is reached. The answer must then be judged now. */
  take(piece: Buffer): boolean {
    this.#pieces.push(piece)
    this.#size += piece.length
    return this.#size < LIMIT
  }

  /** Returns the held bytes and ends the hold. */
  release(): Buffer {
    clearTimeout(this.#deadline)
    return Buffer.concat(this.#pieces)
  }
}
