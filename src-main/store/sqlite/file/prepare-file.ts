import { rmSync } from 'node:fs'
import { type Problem, problem } from '#shared/text/problem.ts'
import { ensurePrivateFile, makePrivate } from '../../../base/private-files.ts'
import { MIGRATIONS } from '../migrations/all.ts'
import { type Migration, migrate, schemaVersion } from '../migrations/migrate.ts'
import { applyRestore } from './apply-restore.ts'
import { buildFile } from './build-file.ts'
import { type Connection, openConnection } from './connection.ts'
import { examineFile } from './examine-file.ts'
import { layOut } from './lay-out.ts'
import { PLAIN_MARKER, readMarker, writeMarker } from './marker.ts'
import { asideName, recoverFile } from './recover-file.ts'
import { type StoreFiles, SUFFIXES } from './store-files.ts'

/**
 * Ensures that there is a sound database with the newest schema. Returns the notices for the person. Never takes an empty,
 * foreign, damaged or missing file for a first start.
 */
export function prepareFile(files: StoreFiles, now: number): Problem[] {
  const restored = applyRestore(files)
  for (const suffix of SUFFIXES) makePrivate(files.database + suffix)
  const notices = ensureSound(files, now)
  if (restored !== undefined) notices.unshift(restored)
  upgradeFile(files.database, MIGRATIONS)
  if (restored !== undefined) endSessions(files.database)
  return notices
}

/** Sessions that were open when the backup was made can have ended since. */
function endSessions(path: string): void {
  const db = openConnection(path, 'FULL')
  try {
    db.exec('DELETE FROM sessions')
  } finally {
    db.close()
  }
}

function ensureSound(files: StoreFiles, now: number): Problem[] {
  const marker = readMarker(files.marker)
  if (marker?.recovering != null) {
    return [recoverFile(files, marker.recovering, marker, 'interrupted')]
  }
  const found = examineFile(files.database, marker?.suspect ?? false)
  if (found.state === 'damaged') {
    return [recoverFile(files, asideName(files, now), marker ?? PLAIN_MARKER, found.why)]
  }
  if (found.state === 'missing') buildFile(files, MIGRATIONS, () => {})
  if (marker === undefined || marker.suspect) writeMarker(files.marker, PLAIN_MARKER)
  return found.state === 'missing' && marker !== undefined ? [missingNotice(files)] : []
}

function missingNotice({ database: path }: StoreFiles): Problem {
  const sentence = `Latchkey’s data file ${path} is missing, though there was one, so every request is refused: make new keys, or restore a backup.`
  return problem('store_missing', sentence, { path })
}

/** Copies the file before each migration. The name of the copy contains the schema's version: `latchkey.db.before-2`. */
export function upgradeFile(path: string, migrations: readonly Migration[]): void {
  const db = openConnection(path, 'FULL')
  try {
    const before = schemaVersion(db)
    migrate(db, migrations, (version) => keepCopy(db, `${path}.before-${version + 1}`))
    if (schemaVersion(db) !== before) layOut(db)
  } finally {
    db.close()
  }
}

function keepCopy(db: Connection, path: string): void {
  // A copy from an earlier, failed upgrade is no better than the current file.
  rmSync(path, { force: true })
  ensurePrivateFile(path)
  db.prepare('VACUUM INTO ?').run(path)
}
