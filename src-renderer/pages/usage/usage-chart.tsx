import { Text } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useLocation } from 'wouter'
import type { UsageReport } from '#shared/usage/usage.ts'
import { useKeysEver } from '../../api/queries.ts'
import { Loading } from '../../parts/feedback/loading.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { text } from '../../text/text.ts'
import { chartData } from './chart-data.ts'
import { exchangesBehind } from './drill-down.ts'

// The chart library is larger than all other code together, so it is loaded only if there is something to draw.
const StackedBars = lazy(async () => ({ default: (await import('./stacked-bars.tsx')).StackedBars }))

/** `person`: whose usage alone the report is; empty for everybody's. */
export function UsageChart({ report, person }: { report: UsageReport; person: string }) {
  const [, navigate] = useLocation()
  const keys = useKeysEver()
  const data = chartData(report)
  if (data.series.length === 0) return null
  const title = data.metric === 'totalTokens' ? text.usage.chartTitle : text.usage.chartTitleRequests
  return (
    <Card
      title={title}
      aside={
        <Text size="sm" c="dimmed">
          {text.usage.chartHint}
        </Text>
      }
    >
      <Suspense fallback={<Loading />}>
        <StackedBars
          data={data}
          label={`${title}. ${text.usage.chartDescription}`}
          onChoose={(index, value) =>
            navigate('/activity', {
              state: exchangesBehind(report, { value, bucket: report.buckets[index], person }, keys),
            })
          }
        />
      </Suspense>
    </Card>
  )
}
