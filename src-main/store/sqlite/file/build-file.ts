import { rmSync } from 'node:fs'
import { ensurePrivateFile, moveFile } from '../../../base/private-files.ts'
import { latestVersion, type Migration, migrate } from '../migrations/migrate.ts'
import { type Connection, openConnection } from './connection.ts'
import { layOut } from './lay-out.ts'
import { type StoreFiles, SUFFIXES } from './store-files.ts'

/**
 * Builds a database under a temporary name and renames it when it is complete, so that a crash leaves no partial store.
 * `fill` gets it with an empty schema.
 */
export function buildFile(files: StoreFiles, migrations: readonly Migration[], fill: (db: Connection) => void): void {
  buildDatabase(files, migrations, fill)
  moveFile(files.building, files.database)
}

/** In files of earlier versions the tables begin where the migrations created them. */
const FIRST_LAID_OUT = 2

/** Builds the database and leaves it under its temporary name. */
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
