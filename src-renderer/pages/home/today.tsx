import { addSums, NOTHING } from '#shared/usage/add-sums.ts'
import type { UsageReport, UsageSums } from '#shared/usage/usage.ts'
import { useUsage } from '../../api/queries.ts'
import { StatCards } from '../../parts/layout/stat-cards.tsx'
import { dayIn, formatNumber } from '../../text/format.ts'
import { text } from '../../text/text.ts'

export function Today({ keys }: { keys: number }) {
  const report = useUsage('day', 'model').data
  if (report === undefined) return null
  const sums = sumsOfToday(report)
  return (
    <StatCards
      stats={[
        { label: text.home.requestsToday, value: formatNumber(sums.requests) },
        {
          label: text.home.tokensToday,
          value: formatNumber(sums.totalTokens),
          note: sums.unmetered > 0 ? text.home.someTokensUnknown({ count: sums.unmetered }) : null,
        },
        { label: text.home.refusedToday, value: formatNumber(sums.refused) },
        { label: text.home.keys, value: formatNumber(keys) },
      ]}
    />
  )
}

/** The report covers the last 24 hours; this sums the part since midnight on the person's clock. */
function sumsOfToday({ rows, timeZone, to }: UsageReport): UsageSums {
  const today = dayIn(timeZone, to - 1)
  return rows.filter((row) => row.bucket.startsWith(today)).reduce(addSums, NOTHING)
}
