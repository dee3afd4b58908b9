import { dropUsage } from './drop-usage.ts'
import { EventEnds } from './event-ends.ts'

// A larger event is passed on unchanged: a bounded memory matters more than a leftover `usage`.
const MAX_HELD_BYTES = 1024 * 1024

const USAGE = Buffer.from('"usage"')

/** Removes usage from an event stream that the upstream sent only because the gateway asked for it. */
export class UsageFilter {
  private readonly ends = new EventEnds()
  /** Chunks of the incomplete event. */
  private held: Buffer[] = []
  private heldBytes = 0
  /** True if the current event is too large and passes unfiltered. */
  private passing = false
  /** True if the client got the previous event. */
  private keptLast = true

  /** Holds back an incomplete event, never a complete one. */
  write(chunk: Buffer): Buffer | undefined {
    if (this.isPlain(chunk)) return chunk
    const out: Buffer[] = []
    let start = this.ends.begin(chunk)
    if (start > 0 && this.keptLast) out.push(chunk.subarray(0, start))
    for (let end = this.ends.next(chunk, start); end >= 0; end = this.ends.next(chunk, end)) {
      this.endEvent(chunk.subarray(start, end), out)
      start = end
    }
    if (start < chunk.length) this.hold(chunk.subarray(start), out)
    return join(out)
  }

  /** Returns the event that the upstream did not complete. */
  flush(): Buffer | undefined {
    const rest = this.release()
    return rest && dropUsage(rest)
  }

  /** True for nearly every chunk: complete events without usage. */
  private isPlain(chunk: Buffer): boolean {
    if (this.heldBytes > 0 || this.passing) return false
    return this.ends.isAtStart() && endsBlank(chunk) && !chunk.includes(USAGE)
  }

  private endEvent(last: Buffer, out: Buffer[]): void {
    if (this.passing) {
      this.passing = false
      this.keptLast = true
      out.push(last)
      return
    }
    const held = this.release()
    const kept = dropUsage(held === undefined ? last : Buffer.concat([held, last]))
    this.keptLast = kept !== undefined
    if (kept !== undefined) out.push(kept)
  }

  private hold(piece: Buffer, out: Buffer[]): void {
    if (this.passing) {
      out.push(piece)
      return
    }
    this.held.push(piece)
    this.heldBytes += piece.length
    if (this.heldBytes <= MAX_HELD_BYTES) return
    out.push(...this.held)
    this.release()
    this.passing = true
  }

  private release(): Buffer | undefined {
    const held = join(this.held)
    this.held = []
    this.heldBytes = 0
    return held
  }
}

function endsBlank(chunk: Buffer): boolean {
  const { length } = chunk
  return chunk[length - 1] === 0x0a && (chunk[length - 2] === 0x0a || endsWithTwoBreaks(chunk))
}

function endsWithTwoBreaks(chunk: Buffer): boolean {
  const { length } = chunk
  return length >= 3 && chunk[length - 2] === 0x0d && chunk[length - 3] === 0x0a
}

function join(pieces: readonly Buffer[]): Buffer | undefined {
  return pieces.length > 1 ? Buffer.concat(pieces) : pieces[0]
}
