import { dropUsage } from './drop-usage.ts'
import { EventEnds } from './event-ends.ts'

// An event that grows past this is passed on as it is: memory is worth more than a stray `usage`.
const MAX_HELD_BYTES = 1024 * 1024

const USAGE = Buffer.from('"usage"')

/** Takes out of a stream of events what the upstream only said because the gateway asked for usage. */
export class UsageFilter {
  private readonly ends = new EventEnds()
  /** Pieces of the event that is not whole yet. */
  private held: Buffer[] = []
  private heldBytes = 0
  /** Whether the current event was too large and passes as it comes. */
  private passing = false
  /** Whether the client got the event before. */
  private keptLast = true

  /** Holds back an unfinished event, and never a finished one. */
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

  /** What the upstream left unfinished. */
  flush(): Buffer | undefined {
    const rest = this.release()
    return rest && dropUsage(rest)
  }

  /** Nearly every chunk: whole events, none of which speaks of usage. */
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
