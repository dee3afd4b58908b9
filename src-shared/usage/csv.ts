import type { Exchange } from '../gateway/exchange.ts'
import type { UsageReport } from './usage.ts'

/** RFC 4180: lines without their ends, which are `\r\n`; headings first. */

// `= + - @` in all the widths and heights that a spreadsheet folds into them, and the minus sign.
const SIGNS = '=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u207a-\u207c\u208a-\u208c\u2212'
// White space, and everything that shows nothing: zero-width characters, marks for direction, a byte order mark.
const UNSEEN = '[\\s\\p{Cc}\\p{Cf}\\p{Z}\\p{M}\\p{Default_Ignorable_Code_Point}]*'
/** Where a formula begins, or a cell: some spreadsheets split lines at semicolons or tabs, whatever the quotes say. */
const FORMULA = new RegExp(`(^|[;\\t\\r\\n])(?=${UNSEEN}[${SIGNS}])`, 'gu')
const CONTROL = /^\p{Cc}/u
// Every line break that a reader may know.
const NEEDS_QUOTES = /[",;\t\r\n\v\f\u0085\u2028\u2029]/

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
  const marked = value.replace(FORMULA, "$1'")
  const harmless = CONTROL.test(marked) ? `'${marked}` : marked
  return NEEDS_QUOTES.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
