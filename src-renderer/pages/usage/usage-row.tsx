import type { ReactNode } from 'react'
import type { CloudPrice } from '#shared/settings/settings.ts'
import type { TimedSums, UsageSums } from '#shared/usage/usage.ts'
import { columnWidth } from '../../parts/tables/column-width.ts'
import type { RowPlace } from '../../parts/tables/virtual-rows.tsx'
import { formatDuration, formatNumber } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { costOf } from './cloud-price.ts'
import classes from './usage.module.css'

interface Columns {
  withUnmetered: boolean
  price: CloudPrice | null
}

interface HeadingsProps extends Columns {
  first: string
  /** The greatest numbers in the table, for the widths of the columns. */
  totals: UsageSums
}

export function Headings({ first, totals, withUnmetered, price }: HeadingsProps) {
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
  /** Tokens as a fraction of the row with the most tokens, from 0 to 1. */
  share: number
}

export function Row({ place, name, sums, share, withUnmetered, price }: RowProps) {
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
