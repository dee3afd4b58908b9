import { fstatSync } from 'node:fs'

const STDOUT = 1

/**
 * Whether what is printed goes to systemd's journal, which keeps it and shows it to others. systemd.exec(5): $JOURNAL_STREAM
 * has device and inode, because programs inherit the variable whose output goes elsewhere.
 */
export function printsToJournal(env: Readonly<Record<string, string | undefined>>): boolean {
  const stream = env['JOURNAL_STREAM']
  if (stream === undefined) return false
  const { dev, ino } = fstatSync(STDOUT, { bigint: true })
  return stream === `${dev}:${ino}`
}
