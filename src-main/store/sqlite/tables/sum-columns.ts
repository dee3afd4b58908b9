import type { Sums } from '#shared/usage/sum-rows.ts'

/** The columns of sums, in the order in which `sumValues` binds them. */
export const SUM_COLUMNS =
  'requests, refused, prompt_tokens, completion_tokens, unmetered, token_ms, first_byte, duration'
export const SUM_SLOTS = '?, ?, ?, ?, ?, ?, ?, ?'

/** The same columns with the names of `Sums`. */
export const SUM_FIELDS = `requests, refused, prompt_tokens AS promptTokens, completion_tokens AS completionTokens,
  unmetered, token_ms AS tokenMs, first_byte AS firstByte, duration`

/** Sums over many rows, as `Counts`. SUM would fail for a foreign file with too large numbers. */
export const SUM_COUNTS = `NULLIF(TOTAL(requests), 0) AS requests, TOTAL(refused) AS refused,
  TOTAL(prompt_tokens) AS promptTokens, TOTAL(completion_tokens) AS completionTokens, TOTAL(unmetered) AS unmetered`

/** How an upsert adds to an existing row. Requires the function `merge_sketches` on the connection. */
export const ADD_SUMS = `${['requests', 'refused', 'prompt_tokens', 'completion_tokens', 'unmetered', 'token_ms']
  .map((name) => `${name} = MAX(0, MIN(${name} + excluded.${name}, ${Number.MAX_SAFE_INTEGER}))`)
  .join(', ')}, first_byte = merge_sketches(first_byte, excluded.first_byte),
  duration = merge_sketches(duration, excluded.duration)`

/** Binds by position, which takes half as long as by name. */
export function sumValues(sums: Sums): (number | Uint8Array)[] {
  const { requests, refused, promptTokens, completionTokens, unmetered, tokenMs, firstByte, duration } = sums
  return [requests, refused, promptTokens, completionTokens, unmetered, tokenMs, firstByte, duration]
}
