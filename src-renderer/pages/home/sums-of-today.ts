import type { UsageReport, UsageSums } from '#shared/usage/usage.ts'
import { addSums } from '../../parts/usage-sums.ts'
import { dayIn } from '../../text/format.ts'

/** The report of a day goes back 24 hours; on the person's clock, today began at midnight. */
export function sumsOfToday(report: UsageReport): UsageSums {
  const today = dayIn(report.timeZone, report.to - 1)
  return addSums(report.rows.filter((row) => row.bucket.startsWith(today)))
}
