import { type Command, Option } from 'commander'
import { DIMENSIONS, type Dimension, PERIODS, type Period, type UsageReport, type UsageSums } from '#shared/usage.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'
import { withCore } from './core-client.ts'
import { printable, table } from './table.ts'

interface UsageOptions extends CommonOptions {
  period: Period
  by: Dimension
  csv?: true
}

export function addUsageCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('usage')
    .description('show who used what')
    .addOption(new Option('--period <period>', 'how far back').choices(PERIODS).default('day'))
    .addOption(new Option('--by <what>', 'summed by').choices(DIMENSIONS).default('model'))
    .addOption(new Option('--csv', 'print comma-separated values').conflicts('json'))
  withCommonOptions(command, context).action((options: UsageOptions) =>
    withCore(options.dataDir, context, async (core) => {
      const report = await core.call('GET /api/usage', { period: options.period, by: options.by })
      context.print(format(report, options))
    }),
  )
}

function format(report: UsageReport, options: UsageOptions): string {
  if (options.json === true) return JSON.stringify(report)
  return options.csv === true ? csv(report) : forPeople(report)
}

const CSV_COLUMNS = ['requests', 'refused', 'promptTokens', 'completionTokens', 'totalTokens', 'unmetered'] as const

function csv(report: UsageReport): string {
  const rows = report.rows.map((row) => [row.bucket, row.value, row.label, ...CSV_COLUMNS.map((name) => row[name])])
  return [['bucket', report.by, 'label', ...CSV_COLUMNS], ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n')
}

/**
 * RFC 4180, and an apostrophe before what a spreadsheet would run as a formula: model names and origins are chosen by
 * whoever sends a request.
 */
function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

const PERIOD_WORDS: Record<Period, string> = {
  day: 'the last 24 hours',
  week: 'the last 7 days',
  month: 'the last 30 days',
  all: 'all time',
}

function forPeople(report: UsageReport): string {
  if (report.totals.requests === 0) return `Nothing was used in ${PERIOD_WORDS[report.period]}.`
  const headings = [report.by.toUpperCase(), 'REQUESTS', 'REFUSED', 'TOKENS IN', 'TOKENS OUT', 'NOT COUNTED']
  const rows = [...sumsByLabel(report)].sort(([, a], [, b]) => b.totalTokens - a.totalTokens)
  const lines = [...rows, ['Total', report.totals] as const].map(([label, sums]) => [label, ...cells(sums)])
  return `Usage by ${report.by}, ${PERIOD_WORDS[report.period]}\n\n${table(headings, lines)}`
}

/** The report has a row for each bucket of time; a person wants one line for each model, key or origin. */
function sumsByLabel(report: UsageReport): Map<string, UsageSums> {
  const sums = new Map<string, UsageSums>()
  for (const row of report.rows) {
    const label = printable(row.label) || '(none)'
    sums.set(label, added(sums.get(label), row))
  }
  return sums
}

function added(before: UsageSums | undefined, row: UsageSums): UsageSums {
  return {
    requests: (before?.requests ?? 0) + row.requests,
    refused: (before?.refused ?? 0) + row.refused,
    promptTokens: (before?.promptTokens ?? 0) + row.promptTokens,
    completionTokens: (before?.completionTokens ?? 0) + row.completionTokens,
    totalTokens: (before?.totalTokens ?? 0) + row.totalTokens,
    unmetered: (before?.unmetered ?? 0) + row.unmetered,
  }
}

function cells(sums: UsageSums): string[] {
  const { requests, refused, promptTokens, completionTokens, unmetered } = sums
  return [requests, refused, promptTokens, completionTokens, unmetered].map(String)
}
