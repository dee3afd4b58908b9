import { fstatSync } from 'node:fs'

const STDOUT = 1

/**
 * True if the output goes to systemd's journal, which stores it and shows it to others. systemd.exec(5):
 * $JOURNAL_STREAM has device and inode, because child programs whose output goes elsewhere inherit the variable.
 */
export function printsToJournal(env: Readonly<Record<string, string | undefined>>): boolean {
  const stream = env['JOURNAL_STREAM']
  if (stream === undefined) return false
  const { dev, ino } = fstatSync(STDOUT, { bigint: true })
  return stream === `${dev}:${ino}`
}
