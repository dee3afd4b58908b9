import type { Exchange } from '../gateway/exchange.ts'
import type { UsageReport } from './usage.ts'

/**
 * RFC 4180. Lines here lack their ends, which are `\r
 * `; the headings come first.
 */

// `= + - @` and the minus sign in all widths and positions that spreadsheets normalise to them.
const SIGNS = '=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u207a-\u207c\u208a-\u208c\u2212'
// White space and everything invisible: zero-width characters, direction marks, a byte order mark.
const UNSEEN = '[\\s\\p{Cc}\\p{Cf}\\p{Z}\\p{M}\\p{Default_Ignorable_Code_Point}]*'
/** The beginning of a formula or a cell. Some spreadsheets split lines at semicolons or tabs even inside quotes. */
const FORMULA = new RegExp(`(^|[;\\t\\r\\n])(?=${UNSEEN}[${SIGNS}])`, 'gu')
const CONTROL = /^\p{Cc}/u
// Every line break that a CSV reader may recognise.
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

/** One CSV line; the time is ISO 8601 in UTC. An unknown value is empty, not zero. */
export function exchangeCsv(exchange: Exchange): string {
  return csvLine([new Date(exchange.time).toISOString(), ...EXCHANGE_COLUMNS.map((name) => exchange[name])])
}

function csvLine(cells: readonly (string | number | boolean | null)[]): string {
  return cells.map(csvCell).join(',')
}

/**
 * Puts an apostrophe before text that a spreadsheet would run as a formula. Clients choose model names and origins
 * (https://owasp.org/www-community/attacks/CSV_Injection).
 */
function csvCell(value: string | number | boolean | null): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const marked = value.replace(FORMULA, "$1'")
  const harmless = CONTROL.test(marked) ? `'${marked}` : marked
  return NEEDS_QUOTES.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
