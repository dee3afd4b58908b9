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
    requests: sums.requests + more.requests,
    refused: sums.refused + more.refused,
    promptTokens: sums.promptTokens + more.promptTokens,
    completionTokens: sums.completionTokens + more.completionTokens,
    totalTokens: sums.totalTokens + more.totalTokens,
    unmetered: sums.unmetered + more.unmetered,
  }
}
