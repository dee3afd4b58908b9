/** The percentile: the value below which `percent` of the values are; 0 without values. */
export function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0) return 0
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0
}

/** The median of repeated measurements, and their quartiles. */
export interface Summary {
  readonly median: number
  readonly low: number
  readonly high: number
}

export function summarise(values: readonly number[]): Summary {
  return { median: percentile(values, 50), low: percentile(values, 25), high: percentile(values, 75) }
}

/** Ratios of measurements from the same round, so that other load on the computer cancels out. */
export function pairwise(ours: readonly number[], theirs: readonly number[]): Summary {
  return summarise(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)))
}
