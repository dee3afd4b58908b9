import { addSums, countOf } from '#shared/usage/add-sums.ts'
import { Sketch } from '#shared/usage/sketch.ts'
import type { ValueSums, ValueTimes } from '#shared/usage/usage-sums.ts'

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

/** What one row of the quarters is of. */
export interface SumKey {
  quarter: number
  key: number
  origin: number
  model: number
  route: number
}

/** Sums of one quarter hour for one combination of key, origin, model and route. */
export interface QuarterRow extends SumKey, Sums {}

/** Columns of `Counts` and `Sums`, in SQL. SUM would fail where numbers of a file of other making are too large for it. */
export const SUM_COUNTS = `NULLIF(TOTAL(requests), 0) AS requests, TOTAL(refused) AS refused,
  TOTAL(prompt_tokens) AS prompt_tokens, TOTAL(completion_tokens) AS completion_tokens, TOTAL(unmetered) AS unmetered`
export const SUM_COLUMNS =
  'requests, refused, prompt_tokens, completion_tokens, unmetered, token_ms, first_byte, duration'
export const SUM_SLOTS =
  '@requests, @refused, @prompt_tokens, @completion_tokens, @unmetered, @token_ms, @first_byte, @duration'
/** What an upsert does with a row that is there. Needs the function `merge_sketches` on the connection. */
export const ADD_SUMS = `${['requests', 'refused', 'prompt_tokens', 'completion_tokens', 'unmetered', 'token_ms']
  .map((name) => `${name} = MAX(0, MIN(${name} + excluded.${name}, ${Number.MAX_SAFE_INTEGER}))`)
  .join(', ')}, first_byte = merge_sketches(first_byte, excluded.first_byte),
  duration = merge_sketches(duration, excluded.duration)`

/** Sums of one value that are being added up from many rows. */
export interface Accumulator extends Counts {
  token_ms: number
  readonly firstByte: Sketch
  readonly sketchOfDuration: Sketch
}

export function addUp(found: Map<number, Accumulator>, value: number, row: Sums): void {
  const sums = sumsAt(found, value)
  addCounts(sums, row)
  sums.token_ms += row.token_ms
  sums.firstByte.addBytes(row.first_byte)
  sums.sketchOfDuration.addBytes(row.duration)
}

/** Those of a value, which begin at nothing. */
export function sumsAt(found: Map<number, Accumulator>, value: number): Accumulator {
  const known = found.get(value)
  if (known !== undefined) return known
  const sums = { ...NO_COUNTS, token_ms: 0, firstByte: new Sketch(), sketchOfDuration: new Sketch() }
  found.set(value, sums)
  return sums
}

export const NO_COUNTS: Readonly<Counts> = {
  requests: 0,
  refused: 0,
  prompt_tokens: 0,
  completion_tokens: 0,
  unmetered: 0,
}

export function addCounts(sums: Counts, more: Readonly<Counts>): void {
  sums.requests += more.requests
  sums.refused += more.refused
  sums.prompt_tokens += more.prompt_tokens
  sums.completion_tokens += more.completion_tokens
  sums.unmetered += more.unmetered
}

/** As a row has them. */
export function sumsOf(sums: Accumulator): Sums {
  const { firstByte, sketchOfDuration } = sums
  return {
    requests: countOf(sums.requests),
    refused: countOf(sums.refused),
    prompt_tokens: countOf(sums.prompt_tokens),
    completion_tokens: countOf(sums.completion_tokens),
    unmetered: countOf(sums.unmetered),
    token_ms: countOf(sums.token_ms),
    first_byte: firstByte.toBytes(),
    duration: sketchOfDuration.toBytes(),
  }
}

/** As the usage room has them. */
export function valueSums(value: string, counts: Counts): ValueSums {
  return {
    value,
    requests: countOf(counts.requests),
    refused: countOf(counts.refused),
    promptTokens: countOf(counts.prompt_tokens),
    completionTokens: countOf(counts.completion_tokens),
    totalTokens: countOf(counts.prompt_tokens + counts.completion_tokens),
    unmetered: countOf(counts.unmetered),
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
