import type { Exchange } from './exchange.ts'
import type { UsageReport } from './usage.ts'

/** RFC 4180: lines without their ends, which are `\r\n`; headings first. */

const SUM_COLUMNS = ['requests', 'refused', 'promptTokens', 'completionTokens', 'totalTokens', 'unmetered'] as const

export function usageCsv(report: UsageReport): string[] {
  const rows = report.rows.map((row) =>
    csvLine([row.bucket, row.value, row.label, ...SUM_COLUMNS.map((name) => row[name])]),
  )
  return [csvLine(['bucket', report.by, 'label', ...SUM_COLUMNS]), ...rows]
}

const EXCHANGE_COLUMNS = [
  'id',
  'keyId',
  'origin',
  'userAgent',
  'method',
  'route',
  'routeClass',
  'model',
  'status',
  'outcome',
  'reason',
  'promptTokens',
  'completionTokens',
  'metered',
  'firstByteMs',
  'durationMs',
  'bytesIn',
  'bytesOut',
] as const satisfies readonly (keyof Exchange)[]

export const EXCHANGE_HEADINGS = csvLine(['time', ...EXCHANGE_COLUMNS])

/** The time as ISO 8601 in UTC. What is not known is empty, not zero. */
export function exchangeCsv(exchange: Exchange): string {
  return csvLine([new Date(exchange.time).toISOString(), ...EXCHANGE_COLUMNS.map((name) => exchange[name])])
}

function csvLine(cells: readonly (string | number | boolean | null)[]): string {
  return cells.map(csvCell).join(',')
}

/**
 * An apostrophe goes before what a spreadsheet would run as a formula: model names and origins are chosen by whoever
 * sends a request (https://owasp.org/www-community/attacks/CSV_Injection).
 */
function csvCell(value: string | number | boolean | null): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
