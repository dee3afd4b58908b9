import type { Command } from 'commander'
import type { Backup } from '#shared/records/backup.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { type CoreClient, withCore } from '../core-client.ts'
import { relativeTime } from '../flags/time-words.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'
import { table } from './table.ts'

export function addBackupCommands(program: Command, context: CommandContext): void {
  const group = program.command('backup').description('back up the data file and restore backups')
  const create = group.command('create').description('make a backup now, in addition to the daily one')
  withCommonOptions(create, context).action((options: CommonOptions) => createBackup(options, context))
  const list = group.command('list').description('list all backups')
  withCommonOptions(list, context).action((options: CommonOptions) => listBackups(options, context))
  const restore = group
    .command('restore')
    .description('restore a backup; the current data file becomes a backup')
    .argument('<name>', 'a name from: latchkey backup list; “latest” for the newest')
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
    if (backups.length === 0) return context.print('No backups yet. Make one with: latchkey backup create')
    const rows = backups.map((backup) => [
      backup.name,
      relativeTime(backup.time, context.now()),
      size(backup),
      KIND_WORDS[backup.kind],
    ])
    context.print(table(['NAME', 'CREATED', 'SIZE', 'REASON'], rows))
  })
}

async function restoreBackup(name: string, options: CommonOptions, context: CommandContext): Promise<void> {
  const { replaced } = await withCore(options.dataDir, context, async (core) =>
    core.call('POST /api/backups/restore', { name: await nameOf(name, core) }),
  )
  if (options.json === true) return context.print(JSON.stringify({ restored: true, replaced }))
  context.print('Restored the backup. Keys and sites are as they were then. Keys made since then no longer work.')
  if (replaced !== null) context.print(`To undo it, run: latchkey backup restore ${replaced}`)
}

/** `latest` never means a file that a restore replaced: otherwise a second `restore latest` would undo the first. */
async function nameOf(wanted: string, core: CoreClient): Promise<string> {
  const backups = await core.call('GET /api/backups', {})
  const found = backups.find(({ name, kind }) => (wanted === 'latest' ? kind !== 'replaced' : name === wanted))
  if (found !== undefined) return found.name
  if (backups.length === 0) {
    throw new PersonError('no_backup', 'No backups yet. Make one with: latchkey backup create')
  }
  const names = backups.map(({ name }) => name).join(', ')
  const what = wanted === 'latest' ? 'Every backup is a file that a restore replaced' : `No backup is called ${wanted}`
  throw new PersonError('no_backup', `${what}. Choose one of these, newest first: ${names}.`)
}

const KIND_WORDS: Record<Backup['kind'], string> = {
  daily: 'daily',
  asked: 'manual',
  replaced: 'before a restore',
}

function size({ bytes }: Backup): string {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / 2 ** 20).toFixed(1)} MB`
}
