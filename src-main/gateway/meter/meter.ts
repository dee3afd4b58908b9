import type { MeterShape } from '#shared/gateway/routes.ts'
import { type Counts, countReader } from './count-reader.ts'
import { watchEvents, watchLines, watchWhole } from './framing.ts'
import { JsonWatch } from './json-watch.ts'
import { endsEvent, endsLine, type IsSkippable, isSkippableEvent, isSkippableLine } from './skippable-pieces.ts'
import { UsageFilter } from './usage-filter.ts'

export type { Counts }

/**
 * Creates the meter of an answer. `asked`: the gateway added `stream_options.include_usage` to the request, so it must
 * remove the usage from the client's copy. An answer with another media type than its shape is passed on unmetered; one
 * without a media type is recognised by its first character.
 */
export function createMeter(options: MeterOptions & { contentType: string }): Meter {
  const mediaType = mediaTypeOf(options.contentType)
  return new Meter(options, SAYS_NOTHING.has(mediaType) ? undefined : mediaType)
}

interface MeterOptions {
  readonly shape: MeterShape
  readonly asked: boolean
}

/** How to read answers of one shape and media type. */
interface Reading {
  readonly observe: ((chunk: Buffer) => void) | undefined
  readonly skipping: Skipping | undefined
  readonly filter: UsageFilter | undefined
}

/** Counts the tokens of one answer with status 200 while it passes. Stores no content. */
export class Meter {
  readonly #options: MeterOptions
  readonly #counts: Counts
  /** undefined until the first chunk shows the kind of answer. */
  #reading: Reading | undefined
  /** True if the next chunk begins a line or an event. */
  #atStart = true

  constructor(options: MeterOptions, mediaType: string | undefined) {
    this.#options = options
    this.#counts = noCounts(options.shape)
    if (mediaType !== undefined) this.#reading = this.#readingOf(mediaType)
  }

  /**
   * Processes a chunk of the upstream's answer and returns the bytes for the client: the same Buffer if unchanged,
   * undefined if all of it is held back.
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

  /** Returns the held-back rest after the last piece. */
  flush(): Buffer | undefined {
    return this.#reading?.filter?.flush()
  }

  counts(): Readonly<Counts> {
    return { ...this.#counts }
  }

  /** True if a chunk need not be parsed; true for nearly every chunk of a stream. */
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
    // JSON lines are read like a single value, one after another.
    this.#reading = this.#readingOf(first === OPEN_OBJECT || first === OPEN_ARRAY ? JSON_TYPE : EVENTS)
    return this.#reading
  }

  #readingOf(mediaType: string): Reading {
    const { shape, asked } = this.#options
    const observe = observer(shape, mediaType, this.#counts)
    // The end cannot be recognised, so only the connection shows whether the answer was cut off.
    if (observe === undefined) this.#counts.complete = true
    const filter = asked && mediaType === EVENTS ? new UsageFilter() : undefined
    return { observe, skipping: SKIPPING[shape]?.get(mediaType), filter }
  }
}

const EVENTS = 'text/event-stream'
const JSON_TYPE = 'application/json'
const LINES_TYPE = 'application/x-ndjson'
/** Media types that reveal nothing: servers omit the header, or frameworks send a default. */
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
  const reader = countReader(shape, mediaType === EVENTS)
  const watch = new JsonWatch(reader.tree, (value) => {
    // In an event stream the only array is the final `[DONE]`.
    if (value === 'array') reader.takeDone?.(counts)
    else reader.take(value, counts)
  })
  return framing(watch)
}

interface Skipping {
  readonly isSkippable: IsSkippable
  /** True if the next chunk begins a new line or event. */
  readonly ends: (piece: Buffer) => boolean
}

const SKIPPING: Partial<Record<MeterShape, ReadonlyMap<string, Skipping>>> = {
  ollama: new Map([[LINES_TYPE, { isSkippable: isSkippableLine, ends: endsLine }]]),
  openai: new Map([[EVENTS, { isSkippable: isSkippableEvent, ends: endsEvent }]]),
}

// An upstream sends few distinct media types, each in constant spelling.
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
