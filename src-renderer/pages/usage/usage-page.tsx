import { Stack } from '@mantine/core'
import { IconChartBar } from '@tabler/icons-react'
import { useState } from 'react'
import type { UsageReport } from '#shared/usage/usage.ts'
import { ownTimeZone, useIsOperator, useKeysEver, useSettings, useUsage } from '../../api/queries.ts'
import { Callout } from '../../parts/feedback/callout.tsx'
import { EmptyState } from '../../parts/feedback/empty-state.tsx'
import { QueryGate } from '../../parts/feedback/query-gate.tsx'
import { ExportMenu } from '../../parts/files/export-menu.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { PageHeader } from '../../parts/layout/page-header.tsx'
import { usePageState } from '../../parts/layout/page-state.ts'
import { text } from '../../text/text.ts'
import { exchangesBehind } from './drill-down.ts'
import { PeriodBar } from './period-bar.tsx'
import { UsageChart } from './usage-chart.tsx'
import { firstState, rangeOf, type UsageState, usageStateSchema } from './usage-state.ts'
import { UsageSummary } from './usage-summary.tsx'
import { UsageTable } from './usage-table.tsx'

export function UsagePage() {
  const [opened] = useState(Date.now)
  const [fallback] = useState(() => firstState(opened))
  const [state, setState] = usePageState(usageStateSchema, fallback)
  const range = state.period === 'range' ? rangeOf(state, opened) : {}
  return (
    <>
      <PageHeader
        title={useIsOperator() ? text.usage.title : text.shell.ownUsage}
        intro={text.usage.intro}
        action={range !== null && <ExportUsage state={state} range={range} />}
      />
      <PeriodBar state={state} onChange={setState} />
      {range === null ? (
        <Callout kind="wait" title={text.usage.rangeWrong} />
      ) : (
        <Reports state={state} range={range} onChange={setState} />
      )}
    </>
  )
}

type Range = { from?: number; to?: number }

function queryOf({ period, by, person }: UsageState, range: Range) {
  return {
    period: period === 'range' ? 'all' : period,
    by,
    part: person === '' ? range : { ...range, person },
  } as const
}

function ExportUsage({ state, range }: { state: UsageState; range: Range }) {
  const { period, by, part } = queryOf(state, range)
  const { data: report, isPlaceholderData } = useUsage(period, by, part)
  const keys = useKeysEver()
  const usage = {
    route: 'GET /api/export/usage',
    input: { period, by, ...part, timeZone: ownTimeZone() },
    name: 'usage',
  } as const
  // Only the core knows when the chosen period began. Until its report is there, the page shows the one before.
  if (report === undefined || isPlaceholderData) return <ExportMenu files={[usage]} />
  const input = exchangesBehind(report, { person: state.person }, keys)
  return <ExportMenu files={[usage, { route: 'GET /api/export/exchanges', input, name: 'requests' }]} />
}

interface ReportsProps {
  state: UsageState
  range: Range
  onChange: (state: UsageState) => void
}

function Reports({ state, range, onChange }: ReportsProps) {
  const { period, by, part } = queryOf(state, range)
  const query = useUsage(period, by, part)
  return (
    // Busy while the report of the period before is still shown.
    <div aria-busy={query.isPlaceholderData}>
      <QueryGate query={query}>
        {(report) => (
          <Report
            report={report}
            person={state.person}
            table={state.table}
            onTable={(table) => onChange({ ...state, table })}
          />
        )}
      </QueryGate>
    </div>
  )
}

interface ReportProps {
  report: UsageReport
  person: string
  table: UsageState['table']
  onTable: (table: UsageState['table']) => void
}

function Report({ report, person, table, onTable }: ReportProps) {
  const { totals } = report
  const price = useSettings().data?.cloudPrice ?? null
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
      <UsageSummary report={report} price={price} />
      {totals.unmetered > 0 && <Callout kind="wait" title={text.usage.unmeteredText({ count: totals.unmetered })} />}
      <UsageChart report={report} person={person} />
      <UsageTable report={report} person={person} price={price} table={table} onTable={onTable} />
    </Stack>
  )
}
