import type { UsageSums } from './usage.ts'

export const NOTHING: UsageSums = {
  requests: 0,
  refused: 0,
  promptTokens: 0,
  completionTokens: 0,
  totalTokens: 0,
  unmetered: 0,
}

export function addSums(sums: UsageSums, more: UsageSums): UsageSums {
  return {
    requests: countOf(sums.requests + more.requests),
    refused: countOf(sums.refused + more.refused),
    promptTokens: countOf(sums.promptTokens + more.promptTokens),
    completionTokens: countOf(sums.completionTokens + more.completionTokens),
    totalTokens: countOf(sums.totalTokens + more.totalTokens),
    unmetered: countOf(sums.unmetered + more.unmetered),
  }
}

/**
 * A non-negative whole number for a report, whatever a damaged file contains. A bad row must not make a report fail.
 */
export function countOf(value: number): number {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : clamped(value)
}

function clamped(value: number): number {
  return value > 0 ? Number.MAX_SAFE_INTEGER : 0
}
