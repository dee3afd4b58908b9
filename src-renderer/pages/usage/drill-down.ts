import type { ExchangeFilter } from '#shared/gateway/exchange.ts'
import type { DeletedKey } from '#shared/keys/key.ts'
import { REMOVED_PERSON } from '#shared/people/person-id.ts'
import type { Dimension, UsageReport } from '#shared/usage/usage.ts'

type KeyOfPerson = Pick<DeletedKey, 'id' | 'person'>

interface Behind {
  value?: string | undefined
  bucket?: string | undefined
  /** Whose usage alone the report is; empty for everybody's. */
  person: string
}

/** The filter for the exchanges behind a report: behind one of its values, one of its buckets, both, or all of it. */
export function exchangesBehind(
  report: UsageReport,
  { value, bucket, person }: Behind,
  keys: readonly KeyOfPerson[],
): ExchangeFilter {
  const times = bucket === undefined ? report : timesOf(report, bucket)
  return {
    from: times.from,
    to: times.to,
    ...(person === '' ? {} : { key: keysOfPerson(report, person, keys) }),
    ...(value === undefined ? {} : { [fieldOf(report.by)]: valueOf(report, value, keys) }),
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
  return by === 'person' ? 'key' : by
}

/** Exchanges have a key but no person, so a person becomes a list of keys. */
function valueOf(report: UsageReport, value: string, keys: readonly KeyOfPerson[]): string {
  return report.by !== 'person' || value === '' ? value : keysOfPerson(report, value, keys)
}

function keysOfPerson({ values }: UsageReport, value: string, keys: readonly KeyOfPerson[]): string {
  const isReported = (person: string) => values.some((sums) => sums.value === person)
  // A key of a person who is not in the report was used by a removed one, or not at all.
  const isTheirs = ({ person }: KeyOfPerson) => (value === REMOVED_PERSON ? !isReported(person) : person === value)
  const ids = keys.filter(isTheirs).map((key) => key.id)
  // No key has a person's id, and an empty text would mean the exchanges without a key.
  return ids.length === 0 ? value : ids.join(',')
}
