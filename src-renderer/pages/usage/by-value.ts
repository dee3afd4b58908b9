import type { Dimension, UsageReport, UsageSums } from '#shared/usage.ts'
import { addSums } from '../../parts/usage-sums.ts'
import { text } from '../../text/text.ts'

export interface ValueSums extends UsageSums {
  /** The model, key id or origin. */
  readonly value: string
  readonly label: string
}

/** A report's sums for each value of its dimension, the one with most tokens first. */
export function sumsByValue(report: UsageReport): ValueSums[] {
  const groups = Map.groupBy(report.rows, (row) => row.value)
  return [...groups]
    .map(([value, rows]) => ({ value, label: labelOf(report.by, value, rows[0]?.label), ...addSums(rows) }))
    .sort((a, b) => b.totalTokens - a.totalTokens || b.requests - a.requests)
}

const NOTHING: Record<Dimension, string> = {
  model: text.words.noModel,
  key: text.words.noKey,
  origin: text.words.noOrigin,
  route: text.words.noRoute,
  owner: text.words.noOwner,
}

function labelOf(by: Dimension, value: string, label: string | undefined): string {
  return value === '' ? NOTHING[by] : label === undefined || label === '' ? value : label
}
