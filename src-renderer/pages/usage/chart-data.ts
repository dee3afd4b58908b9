import type { UsageReport, UsageSums } from '#shared/usage/usage.ts'
import { formatBucket } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { sumsByValue } from './by-value.ts'

/** More than six colours cannot be told apart in a stack. */
const MOST_SERIES = 6
const OTHER = 'other'

export interface ChartData {
  metric: 'totalTokens' | 'requests'
  /** In the order of the stack, from below. */
  series: { name: string; label: string /** undefined for all the others together. */; value?: string }[]
  /** One per bucket: its name under `bucket`, and each series' number under the series' name. */
  points: Record<string, string | number>[]
}

/** What the chart draws: tokens, or requests where no answer said its tokens. */
export function chartData(report: UsageReport): ChartData {
  const metric = report.totals.totalTokens > 0 ? 'totalTokens' : 'requests'
  const values = sumsByValue(report).filter((sums) => sums[metric] > 0)
  const shown = values.slice(0, values.length > MOST_SERIES ? MOST_SERIES - 1 : MOST_SERIES)
  const series = shown.map(({ label, value }, index): ChartData['series'][number] => ({
    name: `s${index}`,
    label,
    value,
  }))
  if (values.length > shown.length) series.push({ name: OTHER, label: text.usage.other })
  const nameOf = new Map(shown.map(({ value }, index) => [value, `s${index}`]))
  return { metric, series, points: pointsOf(report, metric, series, nameOf) }
}

function pointsOf(
  report: UsageReport,
  metric: keyof UsageSums,
  series: ChartData['series'],
  nameOf: ReadonlyMap<string, string>,
): ChartData['points'] {
  const rowsOf = Map.groupBy(report.rows, (row) => row.bucket)
  return report.buckets.map((bucket) => {
    const sums: Record<string, number> = Object.fromEntries(series.map(({ name }) => [name, 0]))
    for (const row of rowsOf.get(bucket) ?? []) {
      const name = nameOf.get(row.value) ?? OTHER
      if (name in sums) sums[name] = (sums[name] ?? 0) + row[metric]
    }
    return { bucket: formatBucket(bucket), ...sums }
  })
}
