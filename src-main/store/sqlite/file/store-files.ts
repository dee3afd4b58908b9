import { join } from 'node:path'

/** Where the store keeps what, in its data directory. */
export interface StoreFiles {
  readonly directory: string
  readonly database: string
  /** A database while it is made; it takes its real name when it is whole. */
  readonly building: string
  readonly marker: string
  /** A backup that the next start puts in place. */
  readonly restoring: string
  /** Folder of the backups. */
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

/** A database and the files that belong to it. The order matters when they are moved: see `moveAside`. */
export const SUFFIXES = ['', '-wal', '-shm', '-journal'] as const
