import { rmSync } from 'node:fs'
import { ensurePrivateFile, moveFile } from '../../../base/private-files.ts'
import { latestVersion, type Migration, migrate } from '../migrations/migrate.ts'
import { type Connection, openConnection } from './connection.ts'
import { layOut } from './lay-out.ts'
import { type StoreFiles, SUFFIXES } from './store-files.ts'

/**
 * Makes the database under another name and gives it its own when it is whole, so that no crash leaves half a store.
 * `fill` gets it with an empty schema.
 */
export function buildFile(files: StoreFiles, migrations: readonly Migration[], fill: (db: Connection) => void): void {
  buildDatabase(files, migrations, fill)
  moveFile(files.building, files.database)
}

/** Files of earlier versions had their tables where their migrations made them. */
const FIRST_LAID_OUT = 2

/** Makes it, and leaves it under the name it is built under. */
export function buildDatabase(
  files: StoreFiles,
  migrations: readonly Migration[],
  fill: (db: Connection) => void,
): void {
  for (const suffix of SUFFIXES) rmSync(files.building + suffix, { force: true })
  ensurePrivateFile(files.building)
  const db = openConnection(files.building, 'FULL')
  try {
    migrate(db, migrations, () => {})
    if (latestVersion(migrations) >= FIRST_LAID_OUT) layOut(db)
    fill(db)
  } finally {
    db.close()
  }
}
