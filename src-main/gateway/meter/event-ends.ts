import { LineEnds } from './line-ends.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** Finds where server-sent events end, in chunks that may be cut anywhere: after a blank line. */
export class EventEnds {
  private lines = new LineEnds(Buffer.alloc(0))
  /** Whether the current line has had any byte before this chunk. */
  private hasText = false
  /** Whether a CR was the last byte: a LF behind it belongs to the same line end. */
  private afterReturn = false
  /** Whether the current event has had any byte before this chunk. */
  private started = false

  /** True between two events, when nothing can come that belongs to the one before. */
  isAtStart(): boolean {
    return !this.started && !this.afterReturn
  }

  /** To be called first for each chunk: how many of its bytes, 0 or 1, belong to the event before. */
  begin(chunk: Buffer): number {
    this.lines = new LineEnds(chunk)
    if (!this.afterReturn || this.started || chunk.length === 0) return 0
    this.afterReturn = false
    return chunk[0] === LINE_FEED ? 1 : 0
  }

  /** The offset just after the next blank line in `chunk` from `at` on, or -1; then the next chunk is to follow. */
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
