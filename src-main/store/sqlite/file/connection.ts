import Database from 'better-sqlite3'
import { mergeBytes } from '#shared/usage/sketch.ts'
import { explain, meansDamage } from '../store-errors.ts'

export type Connection = Database.Database

const BUSY_TIMEOUT_MS = 1000
const WAL_KEPT_BYTES = 16 * 1024 * 1024
/** Pages in the log at which a commit copies them back itself: far more than `Checkpoints` lets it come to. */
const WAL_MOST_PAGES = 16_384

/**
 * Opens an existing database for reading and writing. `FULL`: a commit that has returned survives a power cut.
 * `NORMAL`: it survives a crash of this process, and a power cut may take the last commits, never the file.
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
    // Few rows of keys and sites are ever deleted; when they are, nothing of them is to stay legible in the file.
    db.pragma(`secure_delete = ${synchronous === 'FULL'}`)
    db.pragma('trusted_schema = OFF')
    db.pragma('cell_size_check = ON')
    db.pragma(`journal_size_limit = ${WAL_KEPT_BYTES}`)
    db.pragma(`wal_autocheckpoint = ${WAL_MOST_PAGES}`)
    // Two sketches as they are kept, as one.
    db.function('merge_sketches', { deterministic: true }, (one: unknown, other: unknown) =>
      mergeBytes(one as Uint8Array, other as Uint8Array),
    )
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Runs one piece of work on the store and makes its errors ones that a person can read. */
export type Run = <T>(work: () => T | Promise<T>) => Promise<T>

/** Tells `onDamage` of each error that says that the file is damaged. */
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
