import { QUARTER_MS } from '#shared/keys/stored.ts'
import { bucketOf, bytesOfBuckets } from '#shared/usage/sketch.ts'
import type { SummedRow } from '../tables/exchange-row.ts'
import { type InternedStrings, NO_TERM } from '../tables/interned-strings.ts'
import {
  type Accumulator,
  addCounts,
  type Counts,
  NO_COUNTS,
  type QuarterRow,
  type SumKey,
  sumsAt,
} from './sum-rows.ts'

/** Sums of one row of the quarters that are being added up in memory; times by their buckets, one for each answer. */
export interface Gathered extends SumKey, Counts {
  token_ms: number
  readonly firstByte: number[]
  readonly duration: number[]
}

export function sumKeyOf(row: SummedRow): SumKey {
  return {
    quarter: Math.floor(row.time / QUARTER_MS),
    key: row.key ?? NO_TERM,
    origin: row.origin ?? NO_TERM,
    model: row.model ?? NO_TERM,
    route: row.route,
  }
}

export function gatherAt(sumKey: SumKey): Gathered {
  return { ...sumKey, ...NO_COUNTS, token_ms: 0, firstByte: [], duration: [] }
}

/** A refusal takes no time worth knowing: it would hide how fast answers are. */
export function gather(sums: Gathered, row: SummedRow, strings: InternedStrings): void {
  const isRefused = strings.textOf(row.outcome) === 'refused'
  const completionTokens = row.completion_tokens ?? 0
  sums.requests += 1
  sums.refused += Number(isRefused)
  sums.prompt_tokens += row.prompt_tokens ?? 0
  sums.completion_tokens += completionTokens
  sums.unmetered += Number(row.metered === 0)
  sums.token_ms += completionTokens > 0 ? Math.round(row.duration_ms) : 0
  if (isRefused) return
  sums.duration.push(bucketOf(row.duration_ms))
  if (row.first_byte_ms !== null) sums.firstByte.push(bucketOf(row.first_byte_ms))
}

/** As the file has them. */
export function rowOf(sums: Gathered): QuarterRow {
  return {
    quarter: sums.quarter,
    key: sums.key,
    origin: sums.origin,
    model: sums.model,
    route: sums.route,
    requests: sums.requests,
    refused: sums.refused,
    prompt_tokens: sums.prompt_tokens,
    completion_tokens: sums.completion_tokens,
    unmetered: sums.unmetered,
    token_ms: sums.token_ms,
    first_byte: bytesOfBuckets(sums.firstByte),
    duration: bytesOfBuckets(sums.duration),
  }
}

/** As `addUp` does with a row of the file. */
export function addGathered(found: Map<number, Accumulator>, value: number, gathered: Gathered): void {
  const sums = sumsAt(found, value)
  addCounts(sums, gathered)
  sums.token_ms += gathered.token_ms
  for (const bucket of gathered.firstByte) sums.firstByte.addBucket(bucket)
  for (const bucket of gathered.duration) sums.sketchOfDuration.addBucket(bucket)
}
