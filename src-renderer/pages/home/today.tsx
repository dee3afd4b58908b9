import { useUsage } from '../../api/queries.ts'
import { StatCards } from '../../parts/layout/stat-cards.tsx'
import { formatNumber } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { sumsOfToday } from './sums-of-today.ts'

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
