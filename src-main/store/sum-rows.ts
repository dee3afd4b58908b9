import { addSums } from '#shared/add-sums.ts'
import type { Exchange } from '#shared/exchange.ts'
import { bucketOf, bytesOfBuckets, Sketch } from '#shared/sketch.ts'
import { QUARTER_MS } from '#shared/stored.ts'
import type { ValueSums, ValueTimes } from '#shared/usage-sums.ts'
import { NO_TERM, type Terms } from './terms.ts'

/** What is added up for every set of exchanges. */
export interface Counts {
  requests: number
  refused: number
  prompt_tokens: number
  completion_tokens: number
  unmetered: number
}

/** Counts, and how fast answers came. */
export interface Sums extends Counts {
  token_ms: number
  first_byte: Uint8Array
  duration: Uint8Array
}

/** Sums of one quarter hour for one combination of key, origin, model and route. */
export interface QuarterRow extends Sums {
  quarter: number
  key: number
  origin: number
  model: number
  route: number
}

/** Columns of `Counts` and `Sums`, in SQL. */
export const SUM_COUNTS = `SUM(requests) AS requests, SUM(refused) AS refused, SUM(prompt_tokens) AS prompt_tokens,
  SUM(completion_tokens) AS completion_tokens, SUM(unmetered) AS unmetered`
export const SUM_COLUMNS =
  'requests, refused, prompt_tokens, completion_tokens, unmetered, token_ms, first_byte, duration'
export const SUM_SLOTS =
  '@requests, @refused, @prompt_tokens, @completion_tokens, @unmetered, @token_ms, @first_byte, @duration'
/** What an upsert does with a row that is there. Needs the function `merge_sketches` on the connection. */
export const ADD_SUMS = `requests = requests + excluded.requests, refused = refused + excluded.refused,
  prompt_tokens = prompt_tokens + excluded.prompt_tokens,
  completion_tokens = completion_tokens + excluded.completion_tokens, unmetered = unmetered + excluded.unmetered,
  token_ms = token_ms + excluded.token_ms, first_byte = merge_sketches(first_byte, excluded.first_byte),
  duration = merge_sketches(duration, excluded.duration)`

interface Adding {
  readonly row: QuarterRow
  readonly firstByte: number[]
  readonly duration: number[]
}

type Place = Pick<QuarterRow, 'quarter' | 'key' | 'origin' | 'model' | 'route'>

/** Adds a batch up in memory, so that each row of the file is touched once for it. */
export function sumByQuarter(exchanges: readonly Exchange[], terms: Terms): QuarterRow[] {
  const sums = new Map<string, Adding>()
  let last: Adding | undefined
  for (const exchange of exchanges) {
    const place = placeOf(exchange, terms)
    // A batch is half a second of use: most often the same place again.
    if (last === undefined || !isSamePlace(last.row, place)) last = addingAt(place, sums)
    addTo(last, exchange)
  }
  return Array.from(sums.values(), ({ row, firstByte, duration }) => {
    row.first_byte = bytesOfBuckets(firstByte)
    row.duration = bytesOfBuckets(duration)
    return row
  })
}

function addingAt(place: Place, sums: Map<string, Adding>): Adding {
  const name = `${place.quarter} ${place.key} ${place.origin} ${place.model} ${place.route}`
  const known = sums.get(name)
  if (known !== undefined) return known
  const adding = { row: { ...place, ...NO_SUMS }, firstByte: [], duration: [] }
  sums.set(name, adding)
  return adding
}

function isSamePlace(one: Place, other: Place): boolean {
  return (
    one.key === other.key &&
    one.model === other.model &&
    one.route === other.route &&
    one.origin === other.origin &&
    one.quarter === other.quarter
  )
}

function placeOf(exchange: Exchange, terms: Terms): Place {
  return {
    quarter: Math.floor(exchange.time / QUARTER_MS),
    key: termOf(exchange.keyId, terms),
    origin: termOf(exchange.origin, terms),
    model: termOf(exchange.model, terms),
    route: termOf(exchange.route, terms),
  }
}

function termOf(text: string | null, terms: Terms): number {
  return text === null || text === '' ? NO_TERM : terms.idOf(text)
}

/** A refusal takes no time worth knowing: it would hide how fast answers are. */
function addTo(sums: Adding, exchange: Exchange): void {
  const { row } = sums
  const refused = exchange.outcome === 'refused'
  const completionTokens = exchange.completionTokens ?? 0
  row.requests += 1
  row.refused += Number(refused)
  row.prompt_tokens += exchange.promptTokens ?? 0
  row.completion_tokens += completionTokens
  row.unmetered += Number(!exchange.metered)
  row.token_ms += completionTokens > 0 ? Math.round(exchange.durationMs) : 0
  if (refused) return
  sums.duration.push(bucketOf(exchange.durationMs))
  if (exchange.firstByteMs !== null) sums.firstByte.push(bucketOf(exchange.firstByteMs))
}

/** Sums of one value that are being added up from many rows. */
export interface Accumulator extends Counts {
  token_ms: number
  readonly firstByte: Sketch
  readonly sketchOfDuration: Sketch
}

export function addUp(found: Map<number, Accumulator>, value: number, row: Sums): void {
  let sums = found.get(value)
  if (sums === undefined) {
    sums = { ...NO_COUNTS, token_ms: 0, firstByte: new Sketch(), sketchOfDuration: new Sketch() }
    found.set(value, sums)
  }
  addCounts(sums, row)
  sums.token_ms += row.token_ms
  sums.firstByte.addBytes(row.first_byte)
  sums.sketchOfDuration.addBytes(row.duration)
}

const NO_COUNTS: Counts = { requests: 0, refused: 0, prompt_tokens: 0, completion_tokens: 0, unmetered: 0 }
const NO_TIMES = new Uint8Array(0)
const NO_SUMS: Sums = { ...NO_COUNTS, token_ms: 0, first_byte: NO_TIMES, duration: NO_TIMES }

export function addCounts(sums: Counts, more: Counts): void {
  sums.requests += more.requests
  sums.refused += more.refused
  sums.prompt_tokens += more.prompt_tokens
  sums.completion_tokens += more.completion_tokens
  sums.unmetered += more.unmetered
}

/** As a row has them. */
export function sumsOf(sums: Accumulator): Sums {
  const { firstByte, sketchOfDuration, ...counts } = sums
  return { ...counts, first_byte: firstByte.toBytes(), duration: sketchOfDuration.toBytes() }
}

/** As the usage room has them. */
export function valueSums(value: string, counts: Counts): ValueSums {
  return {
    value,
    requests: counts.requests,
    refused: counts.refused,
    promptTokens: counts.prompt_tokens,
    completionTokens: counts.completion_tokens,
    totalTokens: counts.prompt_tokens + counts.completion_tokens,
    unmetered: counts.unmetered,
  }
}

/** Of one value, as one. */
export function addTimes(one: ValueTimes, other: ValueTimes): ValueTimes {
  return {
    value: one.value,
    ...addSums(one, other),
    tokenMs: one.tokenMs + other.tokenMs,
    firstByte: mergedSketch(one.firstByte, other.firstByte),
    duration: mergedSketch(one.duration, other.duration),
  }
}

function mergedSketch(one: Sketch, other: Sketch): Sketch {
  const sketch = new Sketch()
  sketch.addSketch(one)
  sketch.addSketch(other)
  return sketch
}

export function valueTimes(value: string, sums: Accumulator): ValueTimes {
  const { firstByte, sketchOfDuration: duration, token_ms: tokenMs } = sums
  return { ...valueSums(value, sums), firstByte, duration, tokenMs }
}
