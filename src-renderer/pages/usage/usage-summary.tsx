import { Anchor, Stack } from '@mantine/core'
import { useState } from 'react'
import type { CloudPrice } from '#shared/settings/settings.ts'
import type { Quantiles, UsageReport } from '#shared/usage/usage.ts'
import { useIsOperator } from '../../api/queries.ts'
import { StatCards } from '../../parts/layout/stat-cards.tsx'
import { formatCompact, formatDuration, formatMoney, formatNumber } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { costOf } from './cloud-price.ts'
import { compareAmounts, compareSpeeds, medianOf } from './compared.ts'
import { PriceDialog } from './price-dialog.tsx'

interface UsageSummaryProps {
  report: UsageReport
  price: CloudPrice | null
}

/** The main numbers of a report, compared with the period before. */
export function UsageSummary({ report, ...prices }: UsageSummaryProps) {
  return (
    <Stack>
      <Amounts report={report} />
      <Speeds report={report} {...prices} />
    </Stack>
  )
}

function Amounts({ report: { totals, previous, period } }: { report: UsageReport }) {
  return (
    <StatCards
      stats={[
        {
          label: text.usage.requests,
          value: formatNumber(totals.requests),
          note: compareAmounts(totals.requests, previous?.requests, period),
        },
        {
          label: text.usage.prompt,
          value: compactAbove(totals.promptTokens),
          note: compareAmounts(totals.promptTokens, previous?.promptTokens, period),
        },
        {
          label: text.usage.completion,
          value: compactAbove(totals.completionTokens),
          note: compareAmounts(totals.completionTokens, previous?.completionTokens, period),
        },
        {
          label: text.usage.refused,
          value: formatNumber(totals.refused),
          note: compareAmounts(totals.refused, previous?.refused, period),
        },
      ]}
    />
  )
}

function Speeds({ report, price }: UsageSummaryProps) {
  const { totals, previous, period } = report
  const [pricing, setPricing] = useState(false)
  const cost = {
    label: text.usage.cost,
    value: price === null ? '–' : costOf(totals, price),
    note: <Prices price={price} onChange={() => setPricing(true)} />,
  }
  const speed = {
    label: text.usage.speed,
    value: totals.tokensPerSecond === null ? text.usage.notStated : formatCompact(totals.tokensPerSecond),
    note: compareSpeeds(
      { now: totals.tokensPerSecond, before: previous?.tokensPerSecond, lessIsFaster: false },
      period,
    ),
  }
  return (
    <>
      <StatCards
        stats={[
          { label: text.usage.firstByte, ...timeStat(totals.firstByteMs, previous?.firstByteMs, period) },
          { label: text.usage.duration, ...timeStat(totals.durationMs, previous?.durationMs, period) },
          speed,
          // The price is a setting.
          ...(useIsOperator() ? [cost] : []),
        ]}
      />
      {pricing && <PriceDialog price={price} onClose={() => setPricing(false)} />}
    </>
  )
}

function Prices({ price, onChange }: { price: CloudPrice | null; onChange: () => void }) {
  return (
    <>
      {price !== null &&
        `${text.usage.costAt({ prompt: formatMoney(price.prompt, price.currency), completion: formatMoney(price.completion, price.currency) })} `}
      <Anchor component="button" type="button" fz="inherit" ta="start" onClick={onChange}>
        {price === null ? text.usage.setPrice : text.usage.changePrice}
      </Anchor>
    </>
  )
}

function timeStat(now: Quantiles | null, before: Quantiles | null | undefined, period: UsageReport['period']) {
  if (now === null) return { value: text.usage.notStated }
  const change = compareSpeeds({ now: now.median, before: medianOf(before), lessIsFaster: true }, period)
  const within = text.usage.within({ time: formatDuration(now.p95) })
  return { value: formatDuration(now.median), note: change === null ? within : `${within}, ${change}` }
}

/** Exact if it fits the card. */
function compactAbove(tokens: number): string {
  return tokens < 1_000_000 ? formatNumber(tokens) : formatCompact(tokens)
}
