import type { MeterShape } from '#shared/routes.ts'
import { answerReader, type Counts } from './answer-reader.ts'
import { endsEvent, endsLine, type IsDull, isDullEvent, isDullLine } from './dull-pieces.ts'
import { watchEvents, watchLines, watchWhole } from './framing.ts'
import { JsonWatch } from './json-watch.ts'
import { UsageFilter } from './usage-filter.ts'

export type { Counts }

/**
 * `asked`: the gateway put `stream_options.include_usage` into the request, so the client's copy must be as if it had
 * not. An answer of another media type than its shape has is passed on and stays unmetered.
 */
export function createMeter(options: { shape: MeterShape; contentType: string; asked: boolean }): Meter {
  const mediaType = mediaTypeOf(options.contentType)
  const counts = noCounts(options.shape)
  const observe = observer(options.shape, mediaType, counts)
  // Nothing can be said of an end that cannot be seen, so only the connection tells whether it was cut off.
  if (observe === undefined) counts.complete = true
  const filter = options.asked && mediaType === EVENTS ? new UsageFilter() : undefined
  return new Meter({ counts, observe, dull: DULL[options.shape]?.get(mediaType), filter })
}

interface MeterParts {
  readonly counts: Counts
  readonly observe: ((chunk: Buffer) => void) | undefined
  readonly dull: Dull | undefined
  readonly filter: UsageFilter | undefined
}

/** Watches one answer of status 200 as it passes, and counts its tokens. Keeps nothing of what was asked or answered. */
export class Meter {
  readonly #counts: Counts
  readonly #observe: ((chunk: Buffer) => void) | undefined
  readonly #dull: Dull | undefined
  readonly #filter: UsageFilter | undefined
  /** Whether the next piece begins a line or an event. */
  #atStart = true

  constructor({ counts, observe, dull, filter }: MeterParts) {
    this.#counts = counts
    this.#observe = observe
    this.#dull = dull
    this.#filter = filter
  }

  /**
   * Takes a piece of the upstream's answer and returns what the client gets of it now: the very same Buffer when it is
   * unchanged, undefined when all of it is held back.
   */
  write(chunk: Buffer): Buffer | undefined {
    if (!this.#isDull(chunk)) this.#read(chunk)
    return this.#filter === undefined ? chunk : this.#filter.write(chunk)
  }

  /** The rest held back, after the last piece. */
  flush(): Buffer | undefined {
    return this.#filter?.flush()
  }

  counts(): Readonly<Counts> {
    return { ...this.#counts }
  }

  /** What need not be read byte by byte: in a stream nearly everything. */
  #isDull(chunk: Buffer): boolean {
    return this.#dull !== undefined && this.#atStart && this.#counts.model !== null && this.#dull.isDull(chunk)
  }

  #read(chunk: Buffer): void {
    this.#observe?.(chunk)
    if (this.#dull !== undefined) this.#atStart = this.#dull.ends(chunk)
  }
}

const EVENTS = 'text/event-stream'

function noCounts(shape: MeterShape): Counts {
  return {
    model: null,
    promptTokens: null,
    completionTokens: null,
    metered: shape === 'none',
    failed: false,
    complete: false,
  }
}

function observer(shape: MeterShape, mediaType: string, counts: Counts): ((chunk: Buffer) => void) | undefined {
  const framing = FRAMINGS.get(mediaType)
  if (shape === 'none' || framing === undefined) return undefined
  const reader = answerReader(shape, mediaType === EVENTS)
  const watch = new JsonWatch(reader.tree, (value) => {
    // In a stream of events, the only array is the `[DONE]` at its end.
    if (value === 'array') reader.takeDone?.(counts)
    else reader.take(value, counts)
  })
  return framing(watch)
}

interface Dull {
  readonly isDull: IsDull
  /** Whether the next piece begins a new line or event. */
  readonly ends: (piece: Buffer) => boolean
}

const DULL: Partial<Record<MeterShape, ReadonlyMap<string, Dull>>> = {
  ollama: new Map([['application/x-ndjson', { isDull: isDullLine, ends: endsLine }]]),
  openai: new Map([[EVENTS, { isDull: isDullEvent, ends: endsEvent }]]),
}

// An upstream says the same few, each always spelled alike.
const MOST_MEDIA_TYPES = 50
const mediaTypes = new Map<string, string>()

function mediaTypeOf(contentType: string): string {
  const known = mediaTypes.get(contentType)
  if (known !== undefined) return known
  const mediaType = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase()
  if (mediaTypes.size < MOST_MEDIA_TYPES) mediaTypes.set(contentType, mediaType)
  return mediaType
}

const FRAMINGS = new Map([
  ['application/json', watchWhole],
  ['application/x-ndjson', watchLines],
  [EVENTS, watchEvents],
])
