import type { UsageSums } from '#shared/usage/usage.ts'

/** Adds up rows of a usage report. */
export function addSums(rows: readonly UsageSums[]): UsageSums {
  const sums = { requests: 0, refused: 0, promptTokens: 0, completionTokens: 0, totalTokens: 0, unmetered: 0 }
  for (const row of rows) {
    sums.requests += row.requests
    sums.refused += row.refused
    sums.promptTokens += row.promptTokens
    sums.completionTokens += row.completionTokens
    sums.totalTokens += row.totalTokens
    sums.unmetered += row.unmetered
  }
  return sums
}
