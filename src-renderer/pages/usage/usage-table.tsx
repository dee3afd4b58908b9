import { Table, Text } from '@mantine/core'
import type { UsageReport } from '#shared/usage.ts'
import { Card } from '../../parts/card.tsx'
import partClasses from '../../parts/parts.module.css'
import { formatNumber } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { sumsByValue, type ValueSums } from './by-value.ts'
import classes from './usage.module.css'

/** The same numbers as the chart, for every reader. */
export function UsageTable({ report }: { report: UsageReport }) {
  const values = sumsByValue(report)
  const most = Math.max(1, ...values.map((sums) => sums.totalTokens))
  const anyUnmetered = report.totals.unmetered > 0
  return (
    <Card
      title={text.usage.tableTitle}
      aside={
        <Text size="sm" c="dimmed">
          {text.usage.timeZone(report.timeZone)}
        </Text>
      }
    >
      <div className={partClasses.tableScroll}>
        <Table verticalSpacing="xs" className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{text.usage.dimensionNames[report.by]}</Table.Th>
              <Table.Th ta="right">{text.usage.requests}</Table.Th>
              <Table.Th ta="right">{text.usage.prompt}</Table.Th>
              <Table.Th ta="right">{text.usage.completion}</Table.Th>
              <Table.Th ta="right">{text.usage.total}</Table.Th>
              {anyUnmetered && <Table.Th ta="right">{text.usage.unmetered}</Table.Th>}
              <Table.Th ta="right">{text.usage.refused}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {values.map((sums) => (
              <Row key={sums.value} sums={sums} share={sums.totalTokens / most} withUnmetered={anyUnmetered} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Card>
  )
}

function Row({ sums, share, withUnmetered }: { sums: ValueSums; share: number; withUnmetered: boolean }) {
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={550}>
        {sums.label}
        <div className={classes.bar} aria-hidden>
          <div style={{ width: `${share * 100}%` }} />
        </div>
      </Table.Th>
      <Table.Td ta="right">{formatNumber(sums.requests)}</Table.Td>
      <Table.Td ta="right">{formatNumber(sums.promptTokens)}</Table.Td>
      <Table.Td ta="right">{formatNumber(sums.completionTokens)}</Table.Td>
      <Table.Td ta="right" fw={600}>
        {formatNumber(sums.totalTokens)}
      </Table.Td>
      {withUnmetered && <Table.Td ta="right">{formatNumber(sums.unmetered)}</Table.Td>}
      <Table.Td ta="right">{formatNumber(sums.refused)}</Table.Td>
    </Table.Tr>
  )
}
