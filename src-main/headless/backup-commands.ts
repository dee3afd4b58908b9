import type { Command } from 'commander'
import type { Backup } from '#shared/backup.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'
import { withCore } from './core-client.ts'
import { table } from './table.ts'
import { relativeTime } from './time-words.ts'

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
      backup.kind === 'daily' ? 'by itself' : 'by hand',
    ])
    context.print(table(['NAME', 'MADE', 'SIZE', 'HOW'], rows))
  })
}

async function restoreBackup(name: string, options: CommonOptions, context: CommandContext): Promise<void> {
  const beside = await withCore(options.dataDir, context, async (core) => {
    const [newest] = name === 'latest' ? await core.call('GET /api/backups', {}) : []
    await core.call('POST /api/backups/restore', { name: newest?.name ?? name })
    return core.beside
  })
  // Nobody else has the file open: opening it puts the backup in place, and says so.
  if (!beside) await withCore(options.dataDir, context, () => Promise.resolve())
  if (options.json === true) return context.print(JSON.stringify({ restored: !beside, restartNeeded: beside }))
  context.print(
    beside
      ? 'The backup is checked and lies ready. Restart Latchkey to put it in place; until then everything stays as it is.'
      : 'The backup is in place.',
  )
}

function size({ bytes }: Backup): string {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / 2 ** 20).toFixed(1)} MB`
}
