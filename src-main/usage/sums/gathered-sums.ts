import { QUARTER_MS } from '#shared/keys/stored.ts'
import { bucketOf, bytesOfBuckets } from '#shared/usage/sketch.ts'
import { type Counts, type NewQuarterRow, NO_TEXT, type SumKey, type SummedExchange } from '#shared/usage/sum-rows.ts'
import { type Accumulator, addCounts, NO_COUNTS, sumsAt } from './accumulator.ts'
import { SumKeyMap } from './sum-key-map.ts'

/** Sums of one row of the quarters while exchanges are added. Times are buckets, one for each answer. */
export interface Gathered extends SumKey, Counts {
  tokenMs: number
  readonly firstByte: number[]
  readonly duration: number[]
}

export function sumKeyOf(row: SummedExchange): SumKey {
  return {
    quarter: Math.floor(row.time / QUARTER_MS),
    key: row.key ?? NO_TEXT,
    origin: row.origin ?? NO_TEXT,
    model: row.model ?? NO_TEXT,
    route: row.route,
  }
}

export function gatherAt(sumKey: SumKey): Gathered {
  return { ...sumKey, ...NO_COUNTS, tokenMs: 0, firstByte: [], duration: [] }
}

/** Skips the times of refusals, which would distort the response times. */
export function gather(sums: Gathered, row: SummedExchange): void {
  const completionTokens = row.completionTokens ?? 0
  sums.requests += 1
  sums.refused += Number(row.refused)
  sums.promptTokens += row.promptTokens ?? 0
  sums.completionTokens += completionTokens
  sums.unmetered += Number(!row.metered)
  sums.tokenMs += completionTokens > 0 ? Math.round(row.durationMs) : 0
  if (row.refused) return
  sums.duration.push(bucketOf(row.durationMs))
  if (row.firstByteMs !== null) sums.firstByte.push(bucketOf(row.firstByteMs))
}

/** One row for each sum key. */
export function gatherAll(exchanges: readonly SummedExchange[]): readonly Gathered[] {
  const all: Gathered[] = []
  const byKey = new SumKeyMap<Gathered>()
  for (const exchange of exchanges) {
    const sumKey = sumKeyOf(exchange)
    let sums = byKey.get(sumKey)
    if (sums === undefined) {
      sums = gatherAt(sumKey)
      byKey.set(sumKey, sums)
      all.push(sums)
    }
    gather(sums, exchange)
  }
  return all
}

/** The sums in the form of the store. */
export function rowOf(sums: Gathered, upto: number): NewQuarterRow {
  return {
    quarter: sums.quarter,
    key: sums.key,
    origin: sums.origin,
    model: sums.model,
    route: sums.route,
    requests: sums.requests,
    refused: sums.refused,
    promptTokens: sums.promptTokens,
    completionTokens: sums.completionTokens,
    unmetered: sums.unmetered,
    tokenMs: sums.tokenMs,
    firstByte: bytesOfBuckets(sums.firstByte),
    duration: bytesOfBuckets(sums.duration),
    upto,
  }
}

/** Like `addUp`, but for sums in memory. */
export function addGathered(found: Map<number, Accumulator>, value: number, gathered: Gathered): void {
  const sums = sumsAt(found, value)
  addCounts(sums, gathered)
  sums.tokenMs += gathered.tokenMs
  for (const bucket of gathered.firstByte) sums.firstByte.addBucket(bucket)
  for (const bucket of gathered.duration) sums.sketchOfDuration.addBucket(bucket)
}
