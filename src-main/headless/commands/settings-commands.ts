import type { Command } from 'commander'
import type { Settings } from '#shared/settings/settings.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { certificatesIn } from '#shared/upstreams/certificate.ts'
import { withCore } from '../core-client.ts'
import { readSetting, SETTING_NAMES, type SettingName, settingName } from '../flags/setting-values.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'
import { lanWarnings } from './lan-warnings.ts'
import { printable, table } from './table.ts'

export function addSettingsCommands(program: Command, context: CommandContext): void {
  const group = program.command('settings').description('list and change settings, also of a running serve')
  const showAll = group.command('list').description('list all settings')
  withCommonOptions(showAll, context).action((options: CommonOptions) => listSettings(options, context))
  const change = group
    .command('set')
    .description('change settings, effective at once: all that are named, or none')
    .argument('<name>', `one of ${SETTING_NAMES.join(', ')}`)
    .argument(
      '<value>',
      'on or off, a number, a word, a file, or a list separated by commas (off for none); cloudPrice: 2.5,10,USD',
    )
    .argument('[more...]', 'further names and values, such as a certificate and its key')
  withCommonOptions(change, context).action(
    (name: string, value: string, more: readonly string[], options: CommonOptions) =>
      setSettings([name, value, ...more], options, context),
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

function setSettings(words: readonly string[], options: CommonOptions, context: CommandContext): Promise<void> {
  const pairs = pairsOf(words)
  const patch = Object.fromEntries(pairs.map(([name, value]) => [name, readSetting(name, value)]))
  return withCore(options.dataDir, context, async (core) => {
    // The core validates the patch and reports what is wrong.
    const settings = await core.call('PATCH /api/settings', patch)
    if (options.json === true) return context.print(JSON.stringify(settings))
    for (const [name] of pairs) context.print(`${name} is ${formatValue(settings[name])}.`)
    if (!core.beside) return
    for (const sentence of lanWarnings((await core.call('GET /api/state', {})).gateway)) context.warn(sentence)
  })
}

/** Names and values in turn. */
function pairsOf(words: readonly string[]): [SettingName, string][] {
  const names = words.filter((_, at) => at % 2 === 0)
  return names.map((name, at) => [settingName(name), valueOf(name, words[at * 2 + 1])])
}

function valueOf(name: string, value: string | undefined): string {
  if (value !== undefined) return value
  throw new PersonError('setting_without_value', `Enter a value after ${name}.`)
}

/** Formats a value in the form that `settings set` accepts. */
function formatValue(value: Settings[keyof Settings]): string {
  if (value === null) return 'default'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (typeof value === 'object' && 'currency' in value) return `${value.prompt},${value.completion},${value.currency}`
  if (typeof value === 'string' && certificatesIn(value).length > 0) return 'set'
  if (typeof value === 'object') return value.length === 0 ? 'off' : printable(formatList(value))
  return printable(String(value))
}

function formatList(values: readonly (string | object)[]): string {
  return values.every((value) => typeof value === 'string') ? values.join(',') : JSON.stringify(values)
}
