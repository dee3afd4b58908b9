import { addSums, countOf } from '#shared/usage/add-sums.ts'
import { Sketch } from '#shared/usage/sketch.ts'
import type { Counts, Sums } from '#shared/usage/sum-rows.ts'
import type { ValueSums, ValueTimes } from '#shared/usage/usage-sums.ts'

/** The sums of one value while rows are added. */
export interface Accumulator extends Counts {
  tokenMs: number
  readonly firstByte: Sketch
  readonly sketchOfDuration: Sketch
}

export function addUp(found: Map<number, Accumulator>, value: number, row: Sums): void {
  const sums = sumsAt(found, value)
  addCounts(sums, row)
  sums.tokenMs += row.tokenMs
  sums.firstByte.addBytes(row.firstByte)
  sums.sketchOfDuration.addBytes(row.duration)
}

/** Like `addUp`, for a row whose sketches are several, one after the other. */
export function addJoined(found: Map<number, Accumulator>, value: number, row: Sums): void {
  const sums = sumsAt(found, value)
  addCounts(sums, row)
  sums.tokenMs += row.tokenMs
  sums.firstByte.addJoined(row.firstByte)
  sums.sketchOfDuration.addJoined(row.duration)
}

/** The sums of a value; creates empty ones at first. */
export function sumsAt(found: Map<number, Accumulator>, value: number): Accumulator {
  const known = found.get(value)
  if (known !== undefined) return known
  const sums = { ...NO_COUNTS, tokenMs: 0, firstByte: new Sketch(), sketchOfDuration: new Sketch() }
  found.set(value, sums)
  return sums
}

export const NO_COUNTS: Readonly<Counts> = {
  requests: 0,
  refused: 0,
  promptTokens: 0,
  completionTokens: 0,
  unmetered: 0,
}

export function addCounts(sums: Counts, more: Readonly<Counts>): void {
  sums.requests += more.requests
  sums.refused += more.refused
  sums.promptTokens += more.promptTokens
  sums.completionTokens += more.completionTokens
  sums.unmetered += more.unmetered
}

/** The sums in the form of a row. */
export function sumsOf(sums: Accumulator): Sums {
  const { firstByte, sketchOfDuration } = sums
  return {
    requests: countOf(sums.requests),
    refused: countOf(sums.refused),
    promptTokens: countOf(sums.promptTokens),
    completionTokens: countOf(sums.completionTokens),
    unmetered: countOf(sums.unmetered),
    tokenMs: countOf(sums.tokenMs),
    firstByte: firstByte.toBytes(),
    duration: sketchOfDuration.toBytes(),
  }
}

/** The sums in the form of the usage room. */
export function valueSums(value: string, counts: Counts): ValueSums {
  return {
    value,
    requests: countOf(counts.requests),
    refused: countOf(counts.refused),
    promptTokens: countOf(counts.promptTokens),
    completionTokens: countOf(counts.completionTokens),
    totalTokens: countOf(counts.promptTokens + counts.completionTokens),
    unmetered: countOf(counts.unmetered),
  }
}

/** Adds the counts of one value. */
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
  const { firstByte, sketchOfDuration: duration, tokenMs } = sums
  return { ...valueSums(value, sums), firstByte, duration, tokenMs }
}
