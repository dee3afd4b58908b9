import { existsSync, rmSync, statSync } from 'node:fs'
import { type Problem, problem } from '#shared/text/problem.ts'
import { moveFile } from '../../../base/private-files.ts'
import { PLAIN_MARKER, writeMarker } from './marker.ts'
import { type StoreFiles, SUFFIXES } from './store-files.ts'

/**
 * Puts the backup in place that was laid ready (see `Backups`), and keeps the file that was there. Returns what
 * the person is told; undefined when none is ready. After a crash at any point the next start finishes it: the backup
 * gets its name last.
 */
export function applyRestore(files: StoreFiles): Problem | undefined {
  if (!existsSync(files.restoring)) return undefined
  const aside = replacedPath(files)
  for (const suffix of SUFFIXES) {
    if (existsSync(files.database + suffix)) moveFile(files.database + suffix, aside + suffix)
  }
  writeMarker(files.marker, PLAIN_MARKER)
  moveFile(files.restoring, files.database)
  const kept = existsSync(aside) ? aside : ''
  const keeping =
    kept === ''
      ? ''
      : ` The file that was there before is kept at ${kept}; to go back to it, restore it from the list of backups.`
  const sentence = `The backup is in place: keys and sites are as they were then, and keys made since do not work.${keeping}`
  return problem('backup_restored', sentence, { kept })
}

/**
 * Takes back what `applyRestore` did or began to do, when what it put in place could not be opened. The database comes
 * first: it is whole without the files beside it.
 */
export function undoRestore(files: StoreFiles, aside: string): void {
  const isInPlace = !existsSync(files.restoring)
  rmSync(files.restoring, { force: true })
  if (!existsSync(aside)) return
  // Else what lies beside the database is still the old one's.
  if (isInPlace) for (const suffix of SUFFIXES.slice(1)) rmSync(files.database + suffix, { force: true })
  for (const suffix of SUFFIXES) {
    if (existsSync(aside + suffix)) moveFile(aside + suffix, files.database + suffix)
  }
}

/** Where the present file goes: named by when the backup was laid ready, so that after a crash it is the same name. */
export function replacedPath(files: StoreFiles): string {
  const readySince = new Date(statSync(files.restoring).mtimeMs)
  return `${files.database}.before-restore-${readySince.toISOString().replace(/[:.]/g, '-')}`
}
