import { join } from 'node:path'
import Database from 'better-sqlite3'
import { PersonError } from '#shared/text/person-error.ts'
import { ensurePrivateDirectory, ensurePrivateFile } from '../../base/private-files.ts'
import { explain, sqliteCode } from './store-errors.ts'

export interface InstanceLock {
  release(): void
}

/**
 * Locks a data directory for this process. Returns undefined if another process has the lock. The lock is an exclusive
 * transaction on an empty database: SQLite can lock on every system, and the system releases the lock of a process that
 * crashed, so there are no stale locks. Throws a PersonError (`store_not_writable` ...) if the directory cannot be used.
 */
export function acquireInstanceLock(dataDir: string): InstanceLock | undefined {
  try {
    ensurePrivateDirectory(dataDir)
    const path = join(dataDir, 'latchkey.lock')
    ensurePrivateFile(path)
    return lockFile(path)
  } catch (error) {
    throw explain(error)
  }
}

/** The same, but throws a PersonError `already_running` if another process has the lock. */
export function lockDataDir(dataDir: string): InstanceLock {
  const lock = acquireInstanceLock(dataDir)
  if (lock === undefined) throw new PersonError('already_running', `Latchkey is already running on ${dataDir}.`)
  return lock
}

function lockFile(path: string): InstanceLock | undefined {
  const db = new Database(path, { timeout: 0 })
  try {
    db.exec('BEGIN EXCLUSIVE')
    return { release: () => db.close() }
  } catch (error) {
    db.close()
    if (sqliteCode(error).startsWith('SQLITE_BUSY')) return undefined
    throw error
  }
}
