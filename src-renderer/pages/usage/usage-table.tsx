import { SegmentedControl, Text } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { Link } from 'wouter'
import type { CloudPrice } from '#shared/settings/settings.ts'
import type { TimedSums, UsageReport, UsageSums } from '#shared/usage/usage.ts'
import { useKeysEver } from '../../api/queries.ts'
import { SearchField } from '../../parts/fields/search-field.tsx'
import { Card } from '../../parts/layout/card.tsx'
import partClasses from '../../parts/parts.module.css'
import { columnWidth } from '../../parts/tables/column-width.ts'
import { type RowPlace, rowCount, VirtualRows } from '../../parts/tables/virtual-rows.tsx'
import { formatBucket, formatDuration, formatNumber } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { sumsByValue } from './by-value.ts'
import { costOf } from './cloud-price.ts'
import { exchangesBehind } from './drill-down.ts'
import classes from './usage.module.css'
import type { UsageState } from './usage-state.ts'

/** Fewer rows than these are all in sight. */
const SEARCHED_FROM = 15

interface UsageTableProps {
  report: UsageReport
  price: CloudPrice | null
  table: UsageState['table']
  onTable: (table: UsageState['table']) => void
}

/** The same numbers as the chart, for every reader. Each row leads to the exchanges behind it. */
export function UsageTable({ report, price, table, onTable }: UsageTableProps) {
  const keys = useKeysEver()
  const [search, setSearch] = useState('')
  const rows = useMemo(() => (table === 'values' ? valueRows(report) : timeRows(report)), [table, report])
  const wanted = search.trim().toLowerCase()
  const found = rows.filter(({ id, label }) => `${label} ${id}`.toLowerCase().includes(wanted))
  const most = rows.reduce((highest, { sums }) => Math.max(highest, sums.totalTokens), 1)
  const columns = { withUnmetered: report.totals.unmetered > 0, price }
  return (
    <Card
      title={text.usage.tableTitle}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={text.usage.tableTitle}
          data={[
            { value: 'values', label: text.usage.dimensionNames[report.by] },
            { value: 'times', label: text.usage.byTime },
          ]}
          value={table}
          onChange={onTable}
        />
      }
    >
      {rows.length > SEARCHED_FROM && (
        <SearchField label={text.usage.search} value={search} onChange={setSearch} mb="sm" />
      )}
      {found.length === 0 && (
        <Text c="dimmed" role="status">
          {text.usage.notFound({ search })}
        </Text>
      )}
      <div className={partClasses.tableScroll} hidden={found.length === 0}>
        <table className={partClasses.table} aria-rowcount={rowCount(found)}>
          <Headings
            first={table === 'values' ? text.usage.dimensionNames[report.by] : text.usage.time}
            totals={report.totals}
            {...columns}
          />
          <VirtualRows rows={found} idOf={({ id }) => id} height={3.25}>
            {({ label, sums, behind }, place) => (
              <Row
                place={place}
                name={
                  <Link href="/activity" state={exchangesBehind(report, behind, keys)} className={classes.link ?? ''}>
                    {label}
                  </Link>
                }
                sums={sums}
                share={sums.totalTokens / most}
                {...columns}
              />
            )}
          </VirtualRows>
        </table>
      </div>
      <Text size="sm" c="dimmed" mt="sm">
        {text.usage.timeZone({ zone: report.timeZone })}
      </Text>
    </Card>
  )
}

interface TableRow {
  id: string
  label: string
  sums: TimedSums
  behind: { value: string } | { bucket: string }
}

function valueRows(report: UsageReport): TableRow[] {
  return sumsByValue(report).map((sums) => ({
    id: sums.value,
    label: sums.label,
    sums,
    behind: { value: sums.value },
  }))
}

/** Only times with use: a quiet year has not much to say for itself. */
function timeRows({ series }: UsageReport): TableRow[] {
  return series
    .filter((sums) => sums.requests > 0)
    .map((sums) => ({ id: sums.bucket, label: formatBucket(sums.bucket), sums, behind: { bucket: sums.bucket } }))
}

interface Columns {
  withUnmetered: boolean
  price: CloudPrice | null
}

interface HeadingsProps extends Columns {
  first: string
  /** No number in the table is longer than these. */
  totals: UsageSums
}

function Headings({ first, totals, withUnmetered, price }: HeadingsProps) {
  const width = (longest: number, heading: string) => ({
    width: columnWidth(heading, `max(4.5rem, ${formatNumber(longest).length}ch + 1.5rem)`),
  })
  return (
    <thead>
      <tr>
        <th>{first}</th>
        <th data-number style={width(totals.requests, text.usage.requests)}>
          {text.usage.requests}
        </th>
        <th data-number data-optional style={width(totals.promptTokens, text.usage.prompt)}>
          {text.usage.prompt}
        </th>
        <th data-number data-optional style={width(totals.completionTokens, text.usage.completion)}>
          {text.usage.completion}
        </th>
        <th data-number style={width(totals.totalTokens, text.usage.total)}>
          {text.usage.total}
        </th>
        {withUnmetered && (
          <th data-number style={width(totals.unmetered, text.usage.unmetered)}>
            {text.usage.unmetered}
          </th>
        )}
        <th data-number style={width(totals.refused, text.usage.refused)}>
          {text.usage.refused}
        </th>
        <th data-number data-optional style={{ width: columnWidth(text.usage.firstByte, '5.5rem') }}>
          {text.usage.firstByte}
        </th>
        {price !== null && (
          <th data-number style={{ width: `max(4.5rem, ${costOf(totals, price).length}ch + 1rem)` }}>
            {text.usage.costColumn}
          </th>
        )}
      </tr>
    </thead>
  )
}

interface RowProps extends Columns {
  place: RowPlace
  name: ReactNode
  sums: TimedSums
  /** Of the highest row's tokens, from 0 to 1. */
  share: number
}

function Row({ place, name, sums, share, withUnmetered, price }: RowProps) {
  return (
    <tr {...place}>
      <th scope="row">
        {name}
        <div className={classes.bar} aria-hidden>
          <div style={{ width: `${share * 100}%` }} />
        </div>
      </th>
      <td data-number>{formatNumber(sums.requests)}</td>
      <td data-number data-optional>
        {formatNumber(sums.promptTokens)}
      </td>
      <td data-number data-optional>
        {formatNumber(sums.completionTokens)}
      </td>
      <td data-number className={classes.total}>
        {formatNumber(sums.totalTokens)}
      </td>
      {withUnmetered && <td data-number>{formatNumber(sums.unmetered)}</td>}
      <td data-number>{formatNumber(sums.refused)}</td>
      <td data-number data-optional>
        {sums.firstByteMs === null ? '–' : formatDuration(sums.firstByteMs.median)}
      </td>
      {price !== null && <td data-number>{costOf(sums, price)}</td>}
    </tr>
  )
}
