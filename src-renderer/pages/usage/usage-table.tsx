import { SegmentedControl, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import type { CloudPrice } from '#shared/settings/settings.ts'
import type { Dimension, TimedSums, UsageReport } from '#shared/usage/usage.ts'
import { useKeysEver } from '../../api/queries.ts'
import { SearchField } from '../../parts/fields/search-field.tsx'
import { Card } from '../../parts/layout/card.tsx'
import partClasses from '../../parts/parts.module.css'
import { rowCount, VirtualRows } from '../../parts/tables/virtual-rows.tsx'
import { formatBucket } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { sumsByValue } from './by-value.ts'
import { exchangesBehind } from './drill-down.ts'
import classes from './usage.module.css'
import { Headings, Row } from './usage-row.tsx'
import type { UsageState } from './usage-state.ts'

/** A table with more rows has a search field. */
const SEARCHED_FROM = 15

interface UsageTableProps {
  report: UsageReport
  /** Whose usage alone the report is; empty for everybody's. */
  person: string
  price: CloudPrice | null
  table: UsageState['table']
  onTable: (table: UsageState['table']) => void
}

/** The numbers of the chart as a table. Each row links to its exchanges. */
export function UsageTable({ report, person, price, table, onTable }: UsageTableProps) {
  const [search, setSearch] = useState('')
  const rows = useMemo(() => (table === 'values' ? valueRows(report) : timeRows(report)), [table, report])
  const wanted = search.trim().toLowerCase()
  const found = rows.filter(({ id, label }) => `${label} ${id}`.toLowerCase().includes(wanted))
  return (
    <Card title={text.usage.tableTitle} aside={<TableChoice by={report.by} table={table} onTable={onTable} />}>
      {rows.length > SEARCHED_FROM && (
        <SearchField label={text.usage.search} value={search} onChange={setSearch} mb="sm" />
      )}
      {found.length === 0 && (
        <Text c="dimmed" role="status">
          {text.usage.notFound({ search })}
        </Text>
      )}
      <Rows report={report} person={person} price={price} table={table} rows={rows} found={found} />
      <Text size="sm" c="dimmed" mt="sm">
        {text.usage.timeZone({ zone: report.timeZone })}
      </Text>
    </Card>
  )
}

interface TableChoiceProps extends Pick<UsageTableProps, 'table' | 'onTable'> {
  by: Dimension
}

function TableChoice({ by, table, onTable }: TableChoiceProps) {
  return (
    <SegmentedControl
      size="xs"
      aria-label={text.usage.tableTitle}
      data={[
        { value: 'values', label: text.usage.dimensionNames[by] },
        { value: 'times', label: text.usage.byTime },
      ]}
      value={table}
      onChange={onTable}
    />
  )
}

interface RowsProps extends Omit<UsageTableProps, 'onTable'> {
  rows: readonly TableRow[]
  /** The rows that match the search. */
  found: readonly TableRow[]
}

function Rows({ report, person, price, table, rows, found }: RowsProps) {
  const keys = useKeysEver()
  const most = rows.reduce((highest, { sums }) => Math.max(highest, sums.totalTokens), 1)
  const columns = { withUnmetered: report.totals.unmetered > 0, price }
  return (
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
                <Link
                  href="/activity"
                  state={exchangesBehind(report, { ...behind, person }, keys)}
                  className={classes.link ?? ''}
                >
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

/** Without times that had no requests: a quiet year would be a long list of zeros. */
function timeRows({ series }: UsageReport): TableRow[] {
  return series
    .filter((sums) => sums.requests > 0)
    .map((sums) => ({ id: sums.bucket, label: formatBucket(sums.bucket), sums, behind: { bucket: sums.bucket } }))
}
