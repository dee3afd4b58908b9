import type { Command } from 'commander'
import type { Backup } from '#shared/records/backup.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { type CoreClient, withCore } from '../core-client.ts'
import { relativeTime } from '../flags/time-words.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'
import { table } from './table.ts'

export function addBackupCommands(program: Command, context: CommandContext): void {
  const group = program.command('backup').description('copy the data file, and put a copy back')
  const create = group.command('create').description('make a backup now; one is made each day anyway')
  withCommonOptions(create, context).action((options: CommonOptions) => createBackup(options, context))
  const list = group.command('list').description('show every backup')
  withCommonOptions(list, context).action((options: CommonOptions) => listBackups(options, context))
  const restore = group
    .command('restore')
    .description('put a backup in place of the data file, which is kept aside')
    .argument('<name>', 'from: latchkey backup list; “latest” for the newest')
  withCommonOptions(restore, context).action((name: string, options: CommonOptions) =>
    restoreBackup(name, options, context),
  )
}

function createBackup(options: CommonOptions, context: CommandContext): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const backup = await core.call('POST /api/backups', {})
    context.print(options.json === true ? JSON.stringify(backup) : `Made the backup ${backup.name} (${size(backup)}).`)
  })
}

function listBackups(options: CommonOptions, context: CommandContext): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const backups = await core.call('GET /api/backups', {})
    if (options.json === true) return context.print(JSON.stringify(backups))
    if (backups.length === 0) return context.print('There is no backup yet. Make one with: latchkey backup create')
    const rows = backups.map((backup) => [
      backup.name,
      relativeTime(backup.time, context.now()),
      size(backup),
      KIND_WORDS[backup.kind],
    ])
    context.print(table(['NAME', 'MADE', 'SIZE', 'HOW'], rows))
  })
}

async function restoreBackup(name: string, options: CommonOptions, context: CommandContext): Promise<void> {
  const { replaced } = await withCore(options.dataDir, context, async (core) =>
    core.call('POST /api/backups/restore', { name: await nameOf(name, core) }),
  )
  if (options.json === true) return context.print(JSON.stringify({ restored: true, replaced }))
  context.print('The backup is in place: keys and sites are as they were then, and keys made since do not work.')
  if (replaced !== null) context.print(`To undo it, run: latchkey backup restore ${replaced}`)
}

/** The newest is not what a restore has replaced: doing the same twice must not undo it. */
async function nameOf(wanted: string, core: CoreClient): Promise<string> {
  const backups = await core.call('GET /api/backups', {})
  const found = backups.find(({ name, kind }) => (wanted === 'latest' ? kind !== 'replaced' : name === wanted))
  if (found !== undefined) return found.name
  if (backups.length === 0) {
    throw new PersonError('no_backup', 'There is no backup yet. Make one with: latchkey backup create')
  }
  const names = backups.map(({ name }) => name).join(', ')
  const what = wanted === 'latest' ? 'There is no backup but what a restore replaced' : `There is no backup ${wanted}`
  throw new PersonError('no_backup', `${what}; choose one of these, the newest first: ${names}.`)
}

const KIND_WORDS: Record<Backup['kind'], string> = {
  daily: 'by itself',
  asked: 'by hand',
  replaced: 'before a restore',
}

function size({ bytes }: Backup): string {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / 2 ** 20).toFixed(1)} MB`
}
