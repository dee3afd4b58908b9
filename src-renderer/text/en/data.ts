import type { Backup, Imported } from '#shared/records/backup.ts'
import { plural } from '#shared/text/plural.ts'

const kinds: Record<Backup['kind'], string> = {
  daily: 'Automatic',
  asked: 'By you',
  replaced: 'Kept when a backup was restored',
}

export const data = {
  backupsTitle: 'Backups',
  backupsText:
    'Keys, sites, usage and changes, copied on this computer. Latchkey makes one each day and keeps the last seven.',
  makeBackup: 'Make a backup',
  noBackups: 'No backups yet',
  noBackupsText: 'The first one is made automatically within a day.',
  columns: { when: 'Made', kind: 'How', size: 'Size' },
  kinds,
  restore: 'Restore',
  restoreTitle: (date: string) => `Go back to ${date}?`,
  restoreText:
    'Keys, sites and usage become what they were then; keys made since stop working. The present state becomes a backup, so you can go back. This happens at once.',
  restoreDo: 'Restore now',
  restored: (date: string) => `Everything is as it was on ${date}`,
  restoredText: 'What was there before is in the list, if you want it back.',
  moveTitle: 'Move to another computer',
  moveText:
    'A file with your settings, keys and sites. Your apps go on with the keys they have; nobody can read a key from the file.',
  saveSetup: 'Save the file',
  openSetup: 'Open a file',
  notASetup: 'This is not a file that Latchkey saved under “Move to another computer”.',
  adoptTitle: 'Bring this in?',
  adoptText: (date: string, keys: number, origins: number) =>
    `The file was saved on ${date}, with ${plural(keys, 'key', 'keys')} and ${plural(origins, 'site', 'sites')}. Its settings replace yours; keys that are already here stay as they are.`,
  adoptDo: 'Bring it in',
  adopted: ({ keys, keysAlreadyHere, origins }: Imported) =>
    `${plural(keys, 'key', 'keys')} and ${plural(origins, 'site', 'sites')} brought in. ${plural(keysAlreadyHere, 'key was', 'keys were')} here already.`,
}
