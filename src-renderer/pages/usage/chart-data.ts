import type { UsageReport, UsageSums } from '#shared/usage/usage.ts'
import { formatBucket } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { sumsByValue } from './by-value.ts'

/** People cannot tell more than six colours in a stack apart. */
const MOST_SERIES = 6
const OTHER = 'other'

export interface ChartData {
  metric: 'totalTokens' | 'requests'
  /** From the bottom of the stack to its top. */
  series: { name: string; label: string /** undefined for all other values together. */; value?: string }[]
  /** One per bucket: its label as `bucket`, and the number of each series by the series' name. */
  points: Record<string, string | number>[]
}

/** The chart's data: tokens, or requests if no answer had token counts. */
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
