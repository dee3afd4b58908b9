import { existsSync, rmSync, statSync } from 'node:fs'
import { type Problem, problem } from '#shared/text/problem.ts'
import { moveFile } from '../../../base/private-files.ts'
import { PLAIN_MARKER, writeMarker } from './marker.ts'
import { type StoreFiles, SUFFIXES } from './store-files.ts'

/**
 * Puts a prepared backup (see `Backups`) in place and keeps the current file as a backup. Returns the notice for the
 * person; undefined if no backup is prepared. The restored file gets its name last, so after a crash at any point the next
 * start finishes the restore.
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
 * Undoes a complete or partial `applyRestore` whose file could not be opened. The database moves first, because it is
 * complete without the files beside it.
 */
export function undoRestore(files: StoreFiles, aside: string): void {
  const isInPlace = !existsSync(files.restoring)
  rmSync(files.restoring, { force: true })
  if (!existsSync(aside)) return
  // Otherwise the files beside the database still belong to the old one.
  if (isInPlace) for (const suffix of SUFFIXES.slice(1)) rmSync(files.database + suffix, { force: true })
  for (const suffix of SUFFIXES) {
    if (existsSync(aside + suffix)) moveFile(aside + suffix, files.database + suffix)
  }
}

/** The new name of the current file. It has the time when the backup was prepared, so it is the same after a crash. */
export function replacedPath(files: StoreFiles): string {
  const readySince = new Date(statSync(files.restoring).mtimeMs)
  return `${files.database}.before-restore-${readySince.toISOString().replace(/[:.]/g, '-')}`
}
