import { countOf } from './add-sums.ts'
import { mergeBytes } from './sketch.ts'
import type { Sums } from './sum-rows.ts'

/** The sums of two rows together. */
export function addSumRows(one: Sums, other: Sums): Sums {
  return {
    requests: countOf(one.requests + other.requests),
    refused: countOf(one.refused + other.refused),
    promptTokens: countOf(one.promptTokens + other.promptTokens),
    completionTokens: countOf(one.completionTokens + other.completionTokens),
    unmetered: countOf(one.unmetered + other.unmetered),
    tokenMs: countOf(one.tokenMs + other.tokenMs),
    firstByte: mergeBytes(one.firstByte, other.firstByte),
    duration: mergeBytes(one.duration, other.duration),
  }
}
