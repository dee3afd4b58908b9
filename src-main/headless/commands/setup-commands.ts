import { readFileSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { asSetup, type Setup } from '#shared/records/backup.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { plural } from '#shared/text/plural.ts'
import { withCore } from '../core-client.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'
import { addMoveCommand } from './move-command.ts'

export function addSetupCommands(program: Command, context: CommandContext): void {
  const group = program
    .command('setup')
    .description('move settings, keys and sites to another computer, or everything to a shared database')
  const write = group
    .command('export')
    .description('write the file; it contains no secrets, but they work wherever it is imported')
    .argument('<file>', 'file to write; it must not exist yet')
  withCommonOptions(write, context).action((file: string, options: CommonOptions) =>
    exportSetup(file, options, context),
  )
  const read = group
    .command('import')
    .description('import a file; existing keys and sites do not change')
    .argument('<file>', 'a file made by: latchkey setup export')
  withCommonOptions(read, context).action((file: string, options: CommonOptions) => importSetup(file, options, context))
  addMoveCommand(group, context)
}

function exportSetup(file: string, options: CommonOptions, context: CommandContext): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const setup = await core.call('GET /api/setup', {})
    // Never overwrites a file: it could be the only copy of a setup.
    writeFile(file, `${JSON.stringify(setup, undefined, 1)}\n`)
    const counts = { keys: setup.keys.length, origins: setup.origins.length }
    if (options.json === true) return context.print(JSON.stringify(counts))
    context.print(`Wrote the settings, ${plural(counts.keys, 'key')} and ${plural(counts.origins, 'site')} to ${file}.`)
  })
}

function importSetup(file: string, options: CommonOptions, context: CommandContext): Promise<void> {
  const setup = readSetup(file)
  return withCore(options.dataDir, context, async (core) => {
    const done = await core.call('POST /api/setup', setup)
    if (options.json === true) return context.print(JSON.stringify(done))
    const here = done.keysAlreadyHere === 0 ? '' : ` ${plural(done.keysAlreadyHere, 'key')} already existed.`
    context.print(`Imported the settings, ${plural(done.keys, 'key')} and ${plural(done.origins, 'site')}.${here}`)
  })
}

function writeFile(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx', flush: true })
  } catch (cause) {
    throw new PersonError('file_not_written', `Latchkey could not write ${file}, or the file already exists.`, {
      cause,
    })
  }
}

function readSetup(file: string): Setup {
  const setup = asSetup(readJson(file))
  if (setup !== undefined) return setup
  throw new PersonError('file_not_readable', `${file} was not made by: latchkey setup export`)
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''))
  } catch {
    return undefined
  }
}
