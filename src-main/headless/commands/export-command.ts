import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { type Command, Option } from 'commander'
import { PersonError } from '#shared/text/person-error.ts'
import { plural } from '#shared/text/plural.ts'
import { DIMENSIONS, PERIODS } from '#shared/usage/usage.ts'
import { type CoreClient, type Download, withCore } from '../core-client.ts'
import { moment } from '../flags/option-values.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'
import { KEY_HELP, PERSON_HELP, type ReportOptions, reportQuery } from './usage-command.ts'

interface ExportOptions extends Omit<CommonOptions, 'json'> {
  output: string
  format: 'csv' | 'json'
  from?: number
  to?: number
}

type UsageExportOptions = ExportOptions & ReportOptions

interface ExchangeExportOptions extends ExportOptions {
  key?: string
  site?: string
  model?: string
}

export function addExportCommands(program: Command, context: CommandContext): void {
  const group = program.command('export').description('export usage or individual requests to a file')
  const usage = group
    .command('usage')
    .description('export the rows of a usage report')
    .addOption(new Option('--period <period>', 'period of the report').choices(PERIODS).default('all'))
    .addOption(new Option('--by <what>', 'dimension of the sums').choices([...DIMENSIONS, 'owner']).default('model'))
    .option('--person <person>', PERSON_HELP)
    .option('--key <key>', KEY_HELP)
  withExportOptions(usage, context).action((options: UsageExportOptions) =>
    exportFile(options, context, async (core) =>
      core.download('GET /api/export/usage', { ...(await reportQuery(core, options)), format: options.format }),
    ),
  )
  const requests = group
    .command('requests')
    .description('export every stored request, oldest first')
    .option('--key <id>', 'only requests with this key')
    .option('--site <origin>', 'only requests from this site')
    .option('--model <name>', 'only requests to this model')
  withExportOptions(requests, context).action((options: ExchangeExportOptions) =>
    exportFile(options, context, (core) => core.download('GET /api/export/exchanges', exchangeQuery(options))),
  )
}

function withExportOptions(command: Command, context: CommandContext): Command {
  const options = command
    .requiredOption('--output <file>', 'file to write; it must not exist yet')
    .addOption(new Option('--format <format>', 'format of the file').choices(['csv', 'json']).default('csv'))
    .option('--from <day>', 'start: a day (2026-08-01) or a time', moment)
    .option('--to <day>', 'end: the beginning of a day, or a time (default: now)', moment)
  return withCommonOptions(options, context)
}

function exchangeQuery({ key, site, model, from, to, format }: ExchangeExportOptions) {
  const given = Object.entries({ key, origin: site, model, from, to }).filter(([, value]) => value !== undefined)
  return { ...Object.fromEntries(given), format }
}

function exportFile(
  options: ExportOptions,
  context: CommandContext,
  download: (core: CoreClient) => Promise<Download>,
): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const { rows, body } = await download(core)
    await writeTo(options.output, withProgress(body, rows, context))
    context.print(`Wrote ${plural(rows, 'row')} to ${options.output}.`)
  })
}

async function writeTo(file: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    await pipeline(chunks, createWriteStream(file, { flags: 'wx', mode: 0o600 }))
  } catch (cause) {
    const sentence = `Latchkey could not write ${file} completely, or the file already exists.`
    throw new PersonError('file_not_written', sentence, { cause })
  }
}

const NEWLINE = 10

/** Prints the progress after each tenth of a long export. */
async function* withProgress(
  body: ReadableStream<Uint8Array>,
  rows: number,
  context: CommandContext,
): AsyncGenerator<Uint8Array> {
  let lines = 0
  let told = 0
  for await (const chunk of body) {
    for (const byte of chunk) if (byte === NEWLINE) lines += 1
    const tenths = rows === 0 ? 0 : Math.min(10, Math.floor((lines * 10) / rows))
    if (tenths > told && rows >= ROWS_WORTH_TELLING) context.warn(`${tenths * 10} % of ${plural(rows, 'row')}`)
    told = Math.max(told, tenths)
    yield chunk
  }
}

const ROWS_WORTH_TELLING = 1000
