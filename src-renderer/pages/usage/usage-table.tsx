import { Text } from '@mantine/core'
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
        <table className={partClasses.table}>
          <thead>
            <tr>
              <th>{text.usage.dimensionNames[report.by]}</th>
              <th data-number>{text.usage.requests}</th>
              <th data-number>{text.usage.prompt}</th>
              <th data-number>{text.usage.completion}</th>
              <th data-number>{text.usage.total}</th>
              {anyUnmetered && <th data-number>{text.usage.unmetered}</th>}
              <th data-number>{text.usage.refused}</th>
            </tr>
          </thead>
          <tbody>
            {values.map((sums) => (
              <Row key={sums.value} sums={sums} share={sums.totalTokens / most} withUnmetered={anyUnmetered} />
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

function Row({ sums, share, withUnmetered }: { sums: ValueSums; share: number; withUnmetered: boolean }) {
  return (
    <tr>
      <th scope="row">
        {sums.label}
        <div className={classes.bar} aria-hidden>
          <div style={{ width: `${share * 100}%` }} />
        </div>
      </th>
      <td data-number>{formatNumber(sums.requests)}</td>
      <td data-number>{formatNumber(sums.promptTokens)}</td>
      <td data-number>{formatNumber(sums.completionTokens)}</td>
      <td data-number className={classes.total}>
        {formatNumber(sums.totalTokens)}
      </td>
      {withUnmetered && <td data-number>{formatNumber(sums.unmetered)}</td>}
      <td data-number>{formatNumber(sums.refused)}</td>
    </tr>
  )
}
