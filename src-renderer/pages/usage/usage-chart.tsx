import { lazy, Suspense } from 'react'
import type { UsageReport } from '#shared/usage.ts'
import { Card } from '../../parts/card.tsx'
import { Loading } from '../../parts/loading.tsx'
import { text } from '../../text/text.ts'
import { chartData } from './chart-data.ts'

// The charts weigh more than everything else together: they come only when there is something to draw.
const StackedBars = lazy(async () => ({ default: (await import('./stacked-bars.tsx')).StackedBars }))

export function UsageChart({ report }: { report: UsageReport }) {
  const data = chartData(report)
  if (data.series.length === 0) return null
  const title = data.metric === 'totalTokens' ? text.usage.chartTitle : text.usage.chartTitleRequests
  return (
    <Card title={title}>
      <Suspense fallback={<Loading />}>
        <StackedBars data={data} label={`${title}. ${text.usage.chartDescription}`} />
      </Suspense>
    </Card>
  )
}
