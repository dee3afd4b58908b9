import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { type Settings, type SettingsPatch, settingsPatchSchema } from '#shared/settings/settings.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { certificatesIn, isBinary, textOfBinary } from '#shared/upstreams/certificate.ts'
import { withCore } from '../core-client.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'
import { lanWarnings } from './lan-warnings.ts'
import { printable, table } from './table.ts'

type Name = keyof SettingsPatch

/** Parses a setting's value from the command line. The core validates it. */
const READERS: { readonly [N in Name]-?: (text: string) => unknown } = {
  upstream: (text) => (text === 'default' ? null : text),
  upstreamCertificate: (text) => (text === 'off' || text === 'default' ? null : certificateFile(text)),
  gatewayPort: number,
  consolePort: number,
  unknownOrigins: asWritten,
  extraHosts: list,
  lan: (text) => (text === 'all' ? text : list(text)),
  cookieCarrier: onOff,
  pairing: onOff,
  paused: onOff,
  retentionDays: number,
  originsInMetrics: onOff,
  lookForUpdates: onOff,
  theme: asWritten,
  language: asWritten,
  cloudPrice: price,
}

export function addSettingsCommands(program: Command, context: CommandContext): void {
  const group = program.command('settings').description('list and change settings, also of a running serve')
  const showAll = group.command('list').description('list all settings')
  withCommonOptions(showAll, context).action((options: CommonOptions) => listSettings(options, context))
  const change = group
    .command('set')
    .description('change a setting, effective at once')
    .argument('<name>', `one of ${Object.keys(READERS).join(', ')}`)
    .argument(
      '<value>',
      'on or off, a number, a word, a file, or a list separated by commas (off for none); cloudPrice: 2.5,10,USD',
    )
  withCommonOptions(change, context).action((name: string, value: string, options: CommonOptions) =>
    setSetting(name, value, options, context),
  )
}

function listSettings(options: CommonOptions, context: CommandContext): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const settings = await core.call('GET /api/settings', {})
    if (options.json === true) return context.print(JSON.stringify(settings))
    const rows = Object.entries(settings).map(([name, value]) => [name, formatValue(value)])
    context.print(table(['SETTING', 'VALUE'], rows))
  })
}

function setSetting(name: string, value: string, options: CommonOptions, context: CommandContext): Promise<void> {
  const patch = { [checkedName(name)]: READERS[checkedName(name)](value.trim()) }
  return withCore(options.dataDir, context, async (core) => {
    // The core validates the patch and reports what is wrong.
    const settings = await core.call('PATCH /api/settings', patch)
    if (options.json === true) return context.print(JSON.stringify(settings))
    context.print(`${name} is ${formatValue(settings[checkedName(name)])}.`)
    if (!core.beside) return
    for (const sentence of lanWarnings((await core.call('GET /api/state', {})).gateway)) context.warn(sentence)
  })
}

function checkedName(name: string): Name {
  const known = Object.keys(settingsPatchSchema.shape).find((one) => one === name)
  if (known !== undefined) return known as Name
  throw new PersonError('no_such_setting', 'No setting has this name. List all settings with: latchkey settings list')
}

function asWritten(text: string): string {
  return text
}

/** Reads a certificate's file now. Latchkey stores its text, so the file may go away later. */
function certificateFile(path: string): string {
  try {
    const bytes = readFileSync(path)
    return isBinary(bytes[0]) ? textOfBinary(bytes.toString('base64')) : bytes.toString('utf8')
  } catch (error) {
    throw new PersonError('file_not_readable', `Latchkey cannot read the file ${path}.`, { cause: error })
  }
}

function number(text: string): number | string {
  return /^\d{1,9}$/.test(text) ? Number(text) : text
}

function onOff(text: string): boolean | string {
  return text === 'on' || text === 'off' ? text === 'on' : text
}

function list(text: string): string[] {
  if (text === 'off') return []
  return text.split(',').filter((entry) => entry.trim() !== '')
}

/** Parses `2.5,10,USD`: the price of a million input tokens, of a million output tokens, and the currency. */
function price(text: string): unknown {
  if (text === 'off') return null
  const [prompt, completion, currency] = text.split(',')
  return { prompt: Number(prompt), completion: Number(completion), currency }
}

/** Formats a value in the form that `settings set` accepts. */
function formatValue(value: Settings[keyof Settings]): string {
  if (value === null) return 'default'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (typeof value === 'object' && 'currency' in value) return `${value.prompt},${value.completion},${value.currency}`
  if (typeof value === 'string' && certificatesIn(value).length > 0) return 'set'
  if (typeof value === 'object') return value.length === 0 ? 'off' : printable(value.join(','))
  return printable(String(value))
}
