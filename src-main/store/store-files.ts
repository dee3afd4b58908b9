import { join } from 'node:path'

/** Where the store keeps what, in its data directory. */
export interface StoreFiles {
  readonly directory: string
  readonly database: string
  /** A database while it is made; it takes its real name when it is whole. */
  readonly building: string
  readonly marker: string
}

export function storeFiles(directory: string): StoreFiles {
  return {
    directory,
    database: join(directory, 'latchkey.db'),
    building: join(directory, 'latchkey.db.building'),
    marker: join(directory, 'store.json'),
  }
}

/** A database and the files that belong to it. The order matters when they are moved: see `moveAside`. */
export const SUFFIXES = ['', '-wal', '-shm'] as const
