import { LineEnds } from './line-ends.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** Finds the ends of server-sent events (blank lines) in chunks that can be cut anywhere. */
export class EventEnds {
  private lines = new LineEnds(Buffer.alloc(0))
  /** True if the current line had a byte before this chunk. */
  private hasText = false
  /** True if the last byte was a CR. A following LF belongs to the same line end. */
  private afterReturn = false
  /** True if the current event had a byte before this chunk. */
  private started = false

  /** True between two events, if no further byte can belong to the previous one. */
  isAtStart(): boolean {
    return !this.started && !this.afterReturn
  }

  /** Call first for each chunk. Returns how many of its bytes (0 or 1) belong to the previous event. */
  begin(chunk: Buffer): number {
    this.lines = new LineEnds(chunk)
    if (!this.afterReturn || this.started || chunk.length === 0) return 0
    this.afterReturn = false
    return chunk[0] === LINE_FEED ? 1 : 0
  }

  /** The offset after the next blank line in `chunk` from `at` on; -1 if the next chunk must follow. */
  next(chunk: Buffer, at: number): number {
    let start = this.afterReturn ? this.behindReturn(chunk, at) : at
    for (let end = this.lines.next(start); end < chunk.length; end = this.lines.next(start)) {
      const isBlank = end === start && !this.hasText
      this.hasText = false
      start = chunk[end] === CARRIAGE_RETURN ? this.behindReturn(chunk, end + 1) : end + 1
      if (!isBlank) continue
      this.started = false
      return start
    }
    if (start < chunk.length) this.hasText = true
    this.started ||= at < chunk.length
    return -1
  }

  private behindReturn(chunk: Buffer, at: number): number {
    this.afterReturn = at === chunk.length
    return chunk[at] === LINE_FEED ? at + 1 : at
  }
}
