import { readFileSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { asSetup, type Setup } from '#shared/records/backup.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { plural } from '#shared/text/plural.ts'
import { withCore } from '../core-client.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'

export function addSetupCommands(program: Command, context: CommandContext): void {
  const group = program.command('setup').description('take settings, keys and sites to another computer, in one file')
  const write = group
    .command('export')
    .description('write the file; secrets keep working with it, and are not in it')
    .argument('<file>', 'where to')
  withCommonOptions(write, context).action((file: string, options: CommonOptions) =>
    exportSetup(file, options, context),
  )
  const read = group
    .command('import')
    .description('take in a file; keys and sites that are here already stay as they are')
    .argument('<file>', 'made by: latchkey setup export')
  withCommonOptions(read, context).action((file: string, options: CommonOptions) => importSetup(file, options, context))
}

function exportSetup(file: string, options: CommonOptions, context: CommandContext): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const setup = await core.call('GET /api/setup', {})
    // Never over another file: it may be the only copy of somebody's setup.
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
    const here =
      done.keysAlreadyHere === 0 ? '' : ` ${plural(done.keysAlreadyHere, 'key was', 'keys were')} here already.`
    context.print(`Took in the settings, ${plural(done.keys, 'key')} and ${plural(done.origins, 'site')}.${here}`)
  })
}

function writeFile(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx', flush: true })
  } catch (cause) {
    throw new PersonError('file_not_written', `${file} could not be written, or is there already.`, { cause })
  }
}

function readSetup(file: string): Setup {
  const setup = asSetup(readJson(file))
  if (setup !== undefined) return setup
  throw new PersonError('file_not_readable', `${file} is not a file made by latchkey setup export.`)
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''))
  } catch {
    return undefined
  }
}
