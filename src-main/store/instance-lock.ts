import { join } from 'node:path'
import Database from 'better-sqlite3'
import { ensurePrivateDirectory, ensurePrivateFile } from './private-files.ts'
import { sqliteCode } from './store-errors.ts'

export interface InstanceLock {
  release(): void
}

/**
 * Makes this process the only one on a data directory, or returns undefined when another one is. The lock is an
 * exclusive transaction on an empty database: SQLite knows how to lock on every system, and the system itself frees
 * the lock of a process that crashed, so nothing stale is left to judge.
 */
export function acquireInstanceLock(dataDir: string): InstanceLock | undefined {
  const path = join(dataDir, 'latchkey.lock')
  ensurePrivateDirectory(dataDir)
  ensurePrivateFile(path)
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
