import { SegmentedControl, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { CloudPrice } from '#shared/settings.ts'
import type { TimedSums, UsageReport } from '#shared/usage.ts'
import { useKeysEver } from '../../api/queries.ts'
import { Card } from '../../parts/card.tsx'
import partClasses from '../../parts/parts.module.css'
import { formatBucket, formatDuration, formatNumber } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { sumsByValue } from './by-value.ts'
import { costOf } from './cloud-price.ts'
import { exchangesBehind } from './drill-down.ts'
import classes from './usage.module.css'
import type { UsageState } from './usage-state.ts'

interface UsageTableProps {
  report: UsageReport
  price: CloudPrice | null
  table: UsageState['table']
  onTable: (table: UsageState['table']) => void
}

/** The same numbers as the chart, for every reader. Each row leads to the exchanges behind it. */
export function UsageTable({ report, price, table, onTable }: UsageTableProps) {
  const keys = useKeysEver()
  const rows = table === 'values' ? valueRows(report) : timeRows(report)
  const most = Math.max(1, ...rows.map(({ sums }) => sums.totalTokens))
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
      <div className={partClasses.tableScroll}>
        <table className={partClasses.table}>
          <Headings first={table === 'values' ? text.usage.dimensionNames[report.by] : text.usage.time} {...columns} />
          <tbody>
            {rows.map(({ id, label, sums, behind }) => (
              <Row
                key={id}
                name={
                  <Link href="/activity" state={exchangesBehind(report, behind, keys)} className={classes.link ?? ''}>
                    {label}
                  </Link>
                }
                sums={sums}
                share={sums.totalTokens / most}
                {...columns}
              />
            ))}
          </tbody>
        </table>
      </div>
      <Text size="sm" c="dimmed" mt="sm">
        {text.usage.timeZone(report.timeZone)}
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

function Headings({ first, withUnmetered, price }: Columns & { first: string }) {
  return (
    <thead>
      <tr>
        <th>{first}</th>
        <th data-number>{text.usage.requests}</th>
        <th data-number data-optional>
          {text.usage.prompt}
        </th>
        <th data-number data-optional>
          {text.usage.completion}
        </th>
        <th data-number>{text.usage.total}</th>
        {withUnmetered && <th data-number>{text.usage.unmetered}</th>}
        <th data-number>{text.usage.refused}</th>
        <th data-number data-optional>
          {text.usage.firstByte}
        </th>
        {price !== null && <th data-number>{text.usage.costColumn}</th>}
      </tr>
    </thead>
  )
}

function Row({
  name,
  sums,
  share,
  withUnmetered,
  price,
}: Columns & { name: ReactNode; sums: TimedSums; share: number }) {
  return (
    <tr>
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
