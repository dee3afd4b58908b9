const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** Finds the line ends in one chunk of server-sent events: LF, CR or CRLF in any mix (WHATWG HTML, section 9.2.5). */
export class LineEnds {
  readonly #piece: Buffer
  #lineFeed: number
  #return: number

  constructor(piece: Buffer) {
    this.#piece = piece
    this.#lineFeed = piece.indexOf(LINE_FEED)
    this.#return = piece.indexOf(CARRIAGE_RETURN)
  }

  /**
   * The offset of the first LF or CR from `at` on; the length of the chunk if there is none. `at` must never decrease.
   */
  next(at: number): number {
    if (this.#lineFeed >= 0 && this.#lineFeed < at) this.#lineFeed = this.#piece.indexOf(LINE_FEED, at)
    if (this.#return >= 0 && this.#return < at) this.#return = this.#piece.indexOf(CARRIAGE_RETURN, at)
    const { length } = this.#piece
    return Math.min(this.#lineFeed < 0 ? length : this.#lineFeed, this.#return < 0 ? length : this.#return)
  }
}
