import { type Command, Option } from 'commander'
import type { Forget } from '#shared/records/forget.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { plural } from '#shared/text/plural.ts'
import { type CoreClient, withCore } from '../core-client.ts'
import { origin } from '../flags/option-values.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'
import { findKey } from './key-commands.ts'

interface ForgetOptions extends CommonOptions {
  key?: string
  origin?: string
  all?: true
  yes?: true
}

export function addForgetCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('forget')
    .description('permanently delete the data of a key or a site, including from backups')
    .addOption(new Option('--key <id>', 'the key and all its usage').conflicts(['origin', 'all']))
    .addOption(new Option('--origin <origin>', 'the site and all its usage').argParser(origin).conflicts('all'))
    .option('--all', 'all keys, sites, usage and backups; settings are kept')
    .option('--yes', 'confirm the deletion; it cannot be undone')
  withCommonOptions(command, context).action(async (options: ForgetOptions) => {
    const what = chosen(options)
    if (what === undefined) return command.error('error: add one of --key ID, --origin ORIGIN or --all')
    if (options.yes !== true) {
      throw new PersonError('not_confirmed', `This permanently deletes ${describe(what)}. Add --yes to confirm.`)
    }
    await forget(what, options, context)
  })
}

function chosen(options: ForgetOptions): Forget | undefined {
  if (options.key !== undefined) return { key: options.key }
  if (options.origin !== undefined) return { origin: options.origin }
  return options.all === true ? { all: true } : undefined
}

function describe(what: Forget): string {
  if ('key' in what) return 'this key and all its usage'
  return 'origin' in what ? `${what.origin} and all its usage` : 'all keys, sites, usage and backups'
}

/** A key can be given by name, as in every command; a deleted key only by its id. */
async function withId(what: Forget, core: CoreClient): Promise<Forget> {
  if (!('key' in what) || what.key.startsWith(KEY_ID)) return what
  return { key: (await findKey(core, what.key)).id }
}

const KEY_ID = 'key_'

function forget(what: Forget, options: CommonOptions, context: CommandContext): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const done = await core.call('POST /api/forget', await withId(what, core))
    if (options.json === true) return context.print(JSON.stringify(done))
    context.print(
      `Deleted ${describe(what)}: ${plural(done.exchanges, 'request')} and ${plural(done.backups, 'backup')} are gone.`,
    )
  })
}
