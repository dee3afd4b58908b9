import type { ExchangeFilter } from '#shared/gateway/exchange.ts'
import type { DeletedKey } from '#shared/keys/key.ts'
import type { Dimension, UsageReport } from '#shared/usage/usage.ts'

type KeyOwner = Pick<DeletedKey, 'id' | 'owner'>

/** The filter for the exchanges behind a value of a report, one of its buckets, or both. */
export function exchangesBehind(
  report: UsageReport,
  { value, bucket }: { value?: string | undefined; bucket?: string | undefined },
  keys: readonly KeyOwner[],
): ExchangeFilter {
  const times = bucket === undefined ? report : timesOf(report, bucket)
  return {
    from: times.from,
    to: times.to,
    ...(value === undefined ? {} : { [fieldOf(report.by)]: valueOf(report.by, value, keys) }),
  }
}

/** Buckets follow this computer's clock, because the report is in its time zone. */
function timesOf({ buckets, from, to }: UsageReport, bucket: string): { from: number; to: number } {
  const next = buckets[buckets.indexOf(bucket) + 1]
  return {
    from: Math.max(from, startOf(bucket)),
    to: next === undefined ? to : Math.min(to, startOf(next)),
  }
}

function startOf(bucket: string): number {
  const [year = 0, month = 1, day = 1, hour = 0] = bucket.split(/[-T:]/).map(Number)
  return new Date(year, month - 1, day, hour).getTime()
}

function fieldOf(by: Dimension): keyof ExchangeFilter {
  return by === 'owner' ? 'key' : by
}

/** Exchanges have a key but no owner, so an owner becomes a list of keys. */
function valueOf(by: Dimension, value: string, keys: readonly KeyOwner[]): string {
  if (by !== 'owner') return value
  const ids = keys.filter((key) => (key.owner ?? '') === value).map((key) => key.id)
  return (value === '' ? [...ids, ''] : ids).join(',')
}
