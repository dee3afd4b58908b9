import { Group, SegmentedControl, Stack } from '@mantine/core'
import { IconChartBar } from '@tabler/icons-react'
import { useState } from 'react'
import { DIMENSIONS, type Dimension, PERIODS, type Period, type UsageReport } from '#shared/usage.ts'
import { useUsage } from '../../api/queries.ts'
import { Callout } from '../../parts/callout.tsx'
import { Card } from '../../parts/card.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { PageHeader } from '../../parts/page-header.tsx'
import { QueryGate } from '../../parts/query-gate.tsx'
import { StatCards } from '../../parts/stat-cards.tsx'
import { formatCompact, formatNumber } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { UsageChart } from './usage-chart.tsx'
import { UsageTable } from './usage-table.tsx'

export function UsagePage() {
  const [period, setPeriod] = useState<Period>('week')
  const [by, setBy] = useState<Dimension>('model')
  return (
    <>
      <PageHeader title={text.usage.title} intro={text.usage.intro} />
      <Group mb="md" gap="sm">
        <SegmentedControl
          aria-label={text.usage.periodLabel}
          data={PERIODS.map((value) => ({ value, label: text.usage.periods[value] }))}
          value={period}
          onChange={setPeriod}
        />
        <SegmentedControl
          aria-label={text.usage.dimensionLabel}
          data={DIMENSIONS.map((value) => ({ value, label: text.usage.dimensions[value] }))}
          value={by}
          onChange={setBy}
        />
      </Group>
      <QueryGate query={useUsage(period, by)}>{(report) => <Report report={report} />}</QueryGate>
    </>
  )
}

function Report({ report }: { report: UsageReport }) {
  const { totals } = report
  if (totals.requests === 0 && totals.refused === 0) {
    const title = report.period === 'all' ? text.usage.empty : text.usage.none
    return (
      <Card>
        <EmptyState icon={IconChartBar} title={title} description={text.usage.emptyText} />
      </Card>
    )
  }
  return (
    <Stack>
      <StatCards
        stats={[
          { label: text.usage.requests, value: formatNumber(totals.requests) },
          { label: text.usage.prompt, value: compactAbove(totals.promptTokens) },
          { label: text.usage.completion, value: compactAbove(totals.completionTokens) },
          { label: text.usage.refused, value: formatNumber(totals.refused) },
        ]}
      />
      {totals.unmetered > 0 && (
        <Callout kind="wait" title={text.usage.unmeteredText(totals.unmetered, formatNumber(totals.unmetered))} />
      )}
      <UsageChart report={report} />
      <UsageTable report={report} />
    </Stack>
  )
}

/** Exact while it fits the card. */
function compactAbove(tokens: number): string {
  return tokens < 1_000_000 ? formatNumber(tokens) : formatCompact(tokens)
}
