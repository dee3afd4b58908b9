import type { MeterShape } from '#shared/gateway/routes.ts'
import { answerReader, type Counts } from './answer-reader.ts'
import { watchEvents, watchLines, watchWhole } from './framing.ts'
import { JsonWatch } from './json-watch.ts'
import { endsEvent, endsLine, type IsSkippable, isSkippableEvent, isSkippableLine } from './skippable-pieces.ts'
import { UsageFilter } from './usage-filter.ts'

export type { Counts }

/**
 * `asked`: the gateway put `stream_options.include_usage` into the request, so the client's copy must be as if it had
 * not. An answer of another media type than its shape has is passed on and stays unmetered; one that does not say what it
 * is, is known by its first letter.
 */
export function createMeter(options: MeterOptions & { contentType: string }): Meter {
  const mediaType = mediaTypeOf(options.contentType)
  return new Meter(options, SAYS_NOTHING.has(mediaType) ? undefined : mediaType)
}

interface MeterOptions {
  readonly shape: MeterShape
  readonly asked: boolean
}

/** How answers of one shape and media type are read. */
interface Reading {
  readonly observe: ((chunk: Buffer) => void) | undefined
  readonly skipping: Skipping | undefined
  readonly filter: UsageFilter | undefined
}

/** Watches one answer of status 200 as it passes, and counts its tokens. Keeps nothing of what was asked or answered. */
export class Meter {
  readonly #options: MeterOptions
  readonly #counts: Counts
  /** undefined until the first piece shows of what kind the answer is. */
  #reading: Reading | undefined
  /** Whether the next piece begins a line or an event. */
  #atStart = true

  constructor(options: MeterOptions, mediaType: string | undefined) {
    this.#options = options
    this.#counts = noCounts(options.shape)
    if (mediaType !== undefined) this.#reading = this.#readingOf(mediaType)
  }

  /**
   * Takes a piece of the upstream's answer and returns what the client gets of it now: the very same Buffer when it is
   * unchanged, undefined when all of it is held back.
   */
  write(chunk: Buffer): Buffer | undefined {
    const reading = this.#reading ?? this.#recognise(chunk)
    if (reading === undefined) return chunk
    if (!this.#isSkippable(chunk, reading)) this.#read(chunk, reading)
    return reading.filter === undefined ? chunk : reading.filter.write(chunk)
  }

  /** Takes the last piece, if there is one more, and returns it behind what was held back. */
  end(last: Buffer | undefined): Buffer | undefined {
    const passed = last && this.write(last)
    const held = this.flush()
    if (passed === undefined || held === undefined) return passed ?? held
    return Buffer.concat([passed, held])
  }

  /** The rest held back, after the last piece. */
  flush(): Buffer | undefined {
    return this.#reading?.filter?.flush()
  }

  counts(): Readonly<Counts> {
    return { ...this.#counts }
  }

  /** What need not be read byte by byte: in a stream nearly everything. */
  #isSkippable(chunk: Buffer, { skipping }: Reading): boolean {
    return skipping !== undefined && this.#atStart && this.#counts.model !== null && skipping.isSkippable(chunk)
  }

  #read(chunk: Buffer, { observe, skipping }: Reading): void {
    observe?.(chunk)
    if (skipping !== undefined) this.#atStart = skipping.ends(chunk)
  }

  #recognise(chunk: Buffer): Reading | undefined {
    const first = chunk.find((byte) => !BLANKS.has(byte))
    if (first === undefined) return undefined
    // Lines of JSON are read like one value as well: it is one after the other.
    this.#reading = this.#readingOf(first === OPEN_OBJECT || first === OPEN_ARRAY ? JSON_TYPE : EVENTS)
    return this.#reading
  }

  #readingOf(mediaType: string): Reading {
    const { shape, asked } = this.#options
    const observe = observer(shape, mediaType, this.#counts)
    // Nothing can be said of an end that cannot be seen, so only the connection tells whether it was cut off.
    if (observe === undefined) this.#counts.complete = true
    const filter = asked && mediaType === EVENTS ? new UsageFilter() : undefined
    return { observe, skipping: SKIPPING[shape]?.get(mediaType), filter }
  }
}

const EVENTS = 'text/event-stream'
const JSON_TYPE = 'application/json'
const LINES_TYPE = 'application/x-ndjson'
/** Of servers that leave the header out, and what frameworks put in its place. */
const SAYS_NOTHING: ReadonlySet<string> = new Set(['', 'text/plain', 'application/octet-stream'])

const OPEN_OBJECT = 0x7b
const OPEN_ARRAY = 0x5b
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d])

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

interface Skipping {
  readonly isSkippable: IsSkippable
  /** Whether the next piece begins a new line or event. */
  readonly ends: (piece: Buffer) => boolean
}

const SKIPPING: Partial<Record<MeterShape, ReadonlyMap<string, Skipping>>> = {
  ollama: new Map([[LINES_TYPE, { isSkippable: isSkippableLine, ends: endsLine }]]),
  openai: new Map([[EVENTS, { isSkippable: isSkippableEvent, ends: endsEvent }]]),
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
  [JSON_TYPE, watchWhole],
  [LINES_TYPE, watchLines],
  ['application/ndjson', watchLines],
  ['application/jsonl', watchLines],
  ['application/x-jsonlines', watchLines],
  [EVENTS, watchEvents],
])
