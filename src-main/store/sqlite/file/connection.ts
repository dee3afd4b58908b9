import Database from 'better-sqlite3'
import { mergeBytes } from '#shared/usage/sketch.ts'
import { explain, meansDamage } from '../store-errors.ts'

export type Connection = Database.Database

const BUSY_TIMEOUT_MS = 1000
const WAL_KEPT_BYTES = 16 * 1024 * 1024
/** At this many pages in the log a commit does the checkpoint itself. `Checkpoints` normally prevents that. */
const WAL_MOST_PAGES = 16_384

/**
 * Opens an existing database for reading and writing. With `FULL` a commit that has returned survives a power cut. With
 * `NORMAL` it survives a crash of this process; a power cut can undo the last commits but not damage the file.
 */
export function openConnection(path: string, synchronous: 'FULL' | 'NORMAL'): Connection {
  const db = new Database(path, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
  try {
    db.pragma('journal_mode = WAL')
    // better-sqlite3 is built with SQLITE_DEFAULT_WAL_SYNCHRONOUS=1: without this line a revocation could vanish.
    db.pragma(`synchronous = ${synchronous}`)
    // On macOS fsync leaves data in the drive's cache. Ignored elsewhere.
    db.pragma(`fullfsync = ${synchronous === 'FULL'}`)
    db.pragma('checkpoint_fullfsync = true')
    db.pragma('foreign_keys = ON')
    // Overwrites deleted rows of keys and sites, so that they cannot be read from the file. Deletions are rare.
    db.pragma(`secure_delete = ${synchronous === 'FULL'}`)
    db.pragma('trusted_schema = OFF')
    db.pragma('cell_size_check = ON')
    db.pragma(`journal_size_limit = ${WAL_KEPT_BYTES}`)
    db.pragma(`wal_autocheckpoint = ${WAL_MOST_PAGES}`)
    // Merges two stored sketches.
    db.function('merge_sketches', { deterministic: true }, (one: unknown, other: unknown) =>
      mergeBytes(one as Uint8Array, other as Uint8Array),
    )
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Runs work on the store and turns its errors into ones that a person can read. */
export type Run = <T>(work: () => T | Promise<T>) => Promise<T>

/** Calls `onDamage` for each error that reports a damaged file. */
export function createRun(onDamage: (error: unknown) => void): Run {
  return async (work) => {
    try {
      return await work()
    } catch (error) {
      if (meansDamage(error)) onDamage(error)
      throw explain(error)
    }
  }
}
