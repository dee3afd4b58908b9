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
    .description('delete for good what a key or a site left behind, from the backups too')
    .addOption(new Option('--key <id>', 'the key itself and all its use').conflicts(['origin', 'all']))
    .addOption(new Option('--origin <origin>', 'the site and all its use').argParser(origin).conflicts('all'))
    .option('--all', 'every key, every site, all use and every backup; settings stay')
    .option('--yes', 'do it: it cannot be undone')
  withCommonOptions(command, context).action(async (options: ForgetOptions) => {
    const what = chosen(options)
    if (what === undefined) return command.error('error: say what: --key ID, --origin ORIGIN or --all')
    if (options.yes !== true) {
      throw new PersonError('not_confirmed', `This deletes ${inWords(what)} for good. Say --yes to do it.`)
    }
    await forget(what, options, context)
  })
}

function chosen(options: ForgetOptions): Forget | undefined {
  if (options.key !== undefined) return { key: options.key }
  if (options.origin !== undefined) return { origin: options.origin }
  return options.all === true ? { all: true } : undefined
}

function inWords(what: Forget): string {
  if ('key' in what) return 'this key and all its use'
  return 'origin' in what ? `${what.origin} and all its use` : 'every key, every site, all use and every backup'
}

/** A key may be called by its name, as everywhere; one that was deleted only by its id. */
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
      `Deleted ${inWords(what)}: ${plural(done.exchanges, 'request')} and ${plural(done.backups, 'backup')} are gone.`,
    )
  })
}
