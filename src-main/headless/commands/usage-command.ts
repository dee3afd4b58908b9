import { type Command, Option } from 'commander'
import { REMOVED_PERSON } from '#shared/people/person-id.ts'
import { usageCsv } from '#shared/usage/csv.ts'
import {
  DIMENSIONS,
  type Dimension,
  PERIODS,
  type Period,
  type TimedSums,
  type UsageReport,
} from '#shared/usage/usage.ts'
import { type CoreClient, withCore } from '../core-client.ts'
import { moment } from '../flags/option-values.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'
import { findKey } from './key-commands.ts'
import { findPerson } from './person-commands.ts'
import { printable, table } from './table.ts'

/** What a report is about. */
export interface ReportOptions {
  period: Period
  from?: number
  to?: number
  /** `owner` is the older name of `person`. */
  by: Dimension | 'owner'
  /** An id, a name, or `REMOVED_PERSON`. */
  person?: string
  /** An id or a name. */
  key?: string
}

interface UsageOptions extends CommonOptions, ReportOptions {
  csv?: true
}

export const PERSON_HELP = 'only the usage of one person: their id, their name, or removed for people who were removed'
export const KEY_HELP = 'only the usage of one key: its id, or its name'

export function addUsageCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('usage')
    .description('show usage by model, key, site or another dimension')
    .addOption(new Option('--period <period>', 'period of the report').choices(PERIODS).default('day'))
    .addOption(new Option('--by <what>', 'dimension of the sums').choices([...DIMENSIONS, 'owner']).default('model'))
    .option('--person <person>', PERSON_HELP)
    .option('--key <key>', KEY_HELP)
    .option('--from <day>', 'start of a range instead of a period: a day (2026-08-01) or a time', moment)
    .option('--to <day>', 'end of the range: the beginning of a day, or a time (default: now)', moment)
    .addOption(new Option('--csv', 'print comma-separated values').conflicts('json'))
  withCommonOptions(command, context).action((options: UsageOptions) =>
    withCore(options.dataDir, context, async (core) => {
      const report = await core.call('GET /api/usage', await reportQuery(core, options))
      context.print(format(report, options))
    }),
  )
}

/** The query for the core from the command's options. Rejects with a PersonError for an unknown person or key. */
export async function reportQuery(core: CoreClient, { period, by, from, to, person, key }: ReportOptions) {
  return {
    period,
    by: by === 'owner' ? ('person' as const) : by,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(person === undefined ? {} : { person: await personId(core, person) }),
    ...(key === undefined ? {} : { key: await keyId(core, key) }),
  }
}

async function personId(core: CoreClient, who: string): Promise<string> {
  return who === REMOVED_PERSON ? who : (await findPerson(core, who)).id
}

/** Deleted keys have usage too. */
async function keyId(core: CoreClient, idOrName: string): Promise<string> {
  const deleted = await core.call('GET /api/keys/deleted', {})
  return deleted.find(({ id }) => id === idOrName)?.id ?? (await findKey(core, idOrName)).id
}

function format(report: UsageReport, options: UsageOptions): string {
  if (options.json === true) return JSON.stringify(report)
  return options.csv === true ? usageCsv(report).join('\r\n') : forPeople(report)
}

const PERIOD_WORDS: Record<UsageReport['period'], string> = {
  day: 'the last 24 hours',
  week: 'the last 7 days',
  month: 'the last 30 days',
  all: 'all time',
  range: 'this range',
}

function forPeople(report: UsageReport): string {
  if (report.totals.requests === 0) return `No requests in ${PERIOD_WORDS[report.period]}.`
  const headings = [report.by.toUpperCase(), ...HEADINGS]
  const lines = [...report.values, { ...report.totals, label: 'Total' }].map((sums) => [
    printable(sums.label) || '(none)',
    ...cells(sums),
  ])
  return `Usage by ${report.by}, ${PERIOD_WORDS[report.period]}\n\n${table(headings, lines)}`
}

const HEADINGS = ['REQUESTS', 'REFUSED', 'TOKENS IN', 'TOKENS OUT', 'NOT COUNTED', 'FIRST BYTE', 'P95', 'TOKENS/S']

function cells(sums: TimedSums): string[] {
  const { requests, refused, promptTokens, completionTokens, unmetered, firstByteMs, tokensPerSecond } = sums
  const counts = [requests, refused, promptTokens, completionTokens, unmetered].map(String)
  return [...counts, time(firstByteMs?.median), time(firstByteMs?.p95), tokensPerSecond?.toFixed(1) ?? '']
}

function time(ms: number | undefined): string {
  if (ms === undefined) return ''
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
