import { existsSync } from 'node:fs'
import { PLAIN_MARKER, writeMarker } from './marker.ts'
import { moveFile } from './private-files.ts'
import { type StoreFiles, SUFFIXES } from './store-files.ts'

/**
 * Puts the backup in place that was laid ready (see `createBackups`), and keeps the file that was there. Returns what
 * the person is told; undefined when none is ready. After a crash at any point the next start finishes it: the backup
 * gets its name last.
 */
export function applyRestore(files: StoreFiles, now: number): string | undefined {
  if (!existsSync(files.restoring)) return undefined
  const aside = `${files.database}.before-restore-${new Date(now).toISOString().replace(/[:.]/g, '-')}`
  for (const suffix of SUFFIXES) {
    if (existsSync(files.database + suffix)) moveFile(files.database + suffix, aside + suffix)
  }
  writeMarker(files.marker, PLAIN_MARKER)
  moveFile(files.restoring, files.database)
  const keeping = existsSync(aside) ? ` The file that was there before is kept at ${aside}.` : ''
  return `The backup is in place: keys and sites are as they were then, and keys made since do not work.${keeping}`
}
