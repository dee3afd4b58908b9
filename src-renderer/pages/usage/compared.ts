import type { Quantiles, UsageReport } from '#shared/usage/usage.ts'
import { formatNumber, formatShare } from '../../text/format.ts'
import { text } from '../../text/text.ts'

/** From this factor on, “ten times as many” is clearer than a percentage. */
const MANY_TIMES = 10

/** Compares a number with that of the period before, in words. null if there is nothing to compare. */
export function compareAmounts(now: number, before: number | undefined, period: UsageReport['period']): string | null {
  if (before === undefined || period === 'all') return null
  const time = text.usage.before[period]
  if (now === before) return now === 0 ? null : text.usage.same({ time })
  if (before === 0) return text.usage.noneBefore({ time })
  const ratio = now / before
  if (ratio >= MANY_TIMES) return text.usage.times({ factor: formatNumber(Math.round(ratio)), time })
  const share = formatShare(Math.abs(ratio - 1))
  if (share === formatShare(0)) return text.usage.same({ time })
  return ratio > 1 ? text.usage.more({ share, time }) : text.usage.less({ share, time })
}

/** Compares speeds with the period before. Differences within the error of the sketches count as equal. */
export function compareSpeeds(
  { now, before, lessIsFaster }: { now: number | null; before: number | null | undefined; lessIsFaster: boolean },
  period: UsageReport['period'],
): string | null {
  if (period === 'all' || now === null || before === null || before === undefined || now === 0 || before === 0)
    return null
  const time = text.usage.before[period]
  const gain = lessIsFaster ? before / now : now / before
  if (Math.abs(gain - 1) < NOTICEABLE) return text.usage.asFast({ time })
  return gain > 1
    ? text.usage.faster({ share: formatShare(gain - 1), time })
    : text.usage.slower({ share: formatShare(1 / gain - 1), time })
}

const NOTICEABLE = 0.1

export function medianOf(times: Quantiles | null | undefined): number | null {
  return times?.median ?? null
}
