const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** Finds where server-sent events end, in chunks that may be cut anywhere: after a blank line, `\n` or `\r\n`. */
export class EventEnds {
  /** What the current line held before this chunk. */
  private line: 'nothing' | 'cr' | 'text' = 'nothing'
  /** Whether the current event has had any byte before this chunk. */
  private started = false

  /** True between two events. */
  isAtStart(): boolean {
    return !this.started
  }

  /** The offset just after the next blank line in `chunk` from `at` on, or -1; then the next chunk is to follow. */
  next(chunk: Buffer, at: number): number {
    let start = at
    for (let end = chunk.indexOf(LINE_FEED, start); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      const line = this.lineWith(chunk, start, end)
      this.line = 'nothing'
      start = end + 1
      if (line === 'text') continue
      this.started = false
      return start
    }
    this.line = this.lineWith(chunk, start, chunk.length)
    this.started ||= at < chunk.length
    return -1
  }

  private lineWith(chunk: Buffer, start: number, end: number): 'nothing' | 'cr' | 'text' {
    if (start === end) return this.line
    const isOneReturn = end - start === 1 && chunk[start] === CARRIAGE_RETURN
    return this.line === 'nothing' && isOneReturn ? 'cr' : 'text'
  }
}
