import { join } from 'node:path'

/** The paths of the store's files in its data directory. */
export interface StoreFiles {
  readonly directory: string
  readonly database: string
  /** A database that is being built. It is renamed when it is complete. */
  readonly building: string
  readonly marker: string
  /** A backup that the next opening puts in place. */
  readonly restoring: string
  /** The folder of the backups. */
  readonly backups: string
}

export function storeFiles(directory: string): StoreFiles {
  return {
    directory,
    database: join(directory, 'latchkey.db'),
    building: join(directory, 'latchkey.db.building'),
    marker: join(directory, 'store.json'),
    restoring: join(directory, 'latchkey.db.restoring'),
    backups: join(directory, 'backups'),
  }
}

/** A database and the files that belong to it. Their order matters when they are moved; see `moveAside`. */
export const SUFFIXES = ['', '-wal', '-shm', '-journal'] as const
