import { addSums, NOTHING } from '#shared/usage/add-sums.ts'
import { Sketch } from '#shared/usage/sketch.ts'
import type { TimedSums } from '#shared/usage/usage.ts'
import type { ValueTimes } from '#shared/usage/usage-sums.ts'

/** Merges all sums and sketches into one. */
export function mergeTimes(value: string, rows: Iterable<ValueTimes>): ValueTimes {
  const firstByte = new Sketch()
  const duration = new Sketch()
  let sums = NOTHING
  let tokenMs = 0
  for (const row of rows) {
    sums = addSums(sums, row)
    tokenMs += row.tokenMs
    firstByte.addSketch(row.firstByte)
    duration.addSketch(row.duration)
  }
  return { ...sums, value, firstByte, duration, tokenMs }
}

/** The times in the form of a report. */
export function timedSums(times: ValueTimes): TimedSums {
  const { firstByte, duration, tokenMs } = times
  return {
    ...addSums(NOTHING, times),
    firstByteMs: quantilesOf(firstByte),
    durationMs: quantilesOf(duration),
    tokensPerSecond: tokenMs > 0 ? rounded((times.completionTokens * 1000) / tokenMs) : null,
  }
}

function quantilesOf(sketch: Sketch): { median: number; p95: number } | null {
  const median = sketch.quantile(0.5)
  const p95 = sketch.quantile(0.95)
  return median === null || p95 === null ? null : { median: rounded(median), p95: rounded(p95) }
}

/** Rounds to six digits, far more than the sketches know, to keep the report short. By arithmetic, because text is slow. */
function rounded(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value
  const exponent = 5 - Math.floor(Math.log10(Math.abs(value)))
  // A power of ten below one is not exact, its inverse is.
  return exponent >= 0 ? Math.round(value * 10 ** exponent) / 10 ** exponent : roundedTo(value, 10 ** -exponent)
}

function roundedTo(value: number, unit: number): number {
  return Math.round(value / unit) * unit
}
