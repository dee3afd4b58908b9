import { existsSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { PersonError } from '#shared/text/person-error.ts'
import type { DamageReason } from '#shared/text/problem.ts'
import { MIGRATIONS } from '../migrations/all.ts'
import { APPLICATION_ID, latestVersion, schemaVersion } from '../migrations/migrate.ts'
import { explain, meansDamage } from '../store-errors.ts'
import type { Connection } from './connection.ts'

export type FileState = { state: 'missing' } | { state: 'sound' } | { state: 'damaged'; why: DamageReason }

/**
 * Up to this size each start checks the whole file (measured: about 3 ms per megabyte). A larger file is checked as a whole
 * only after damage was found at run time; otherwise only the tables of `GUARDED_TABLES` are checked.
 */
const WHOLE_CHECK_BYTES = 48 * 1024 * 1024
const GUARDED_TABLES = [
  'persons',
  'credentials',
  'invitations',
  'keys',
  'key_secrets',
  'origins',
  'sqlite_schema',
] as const

/**
 * Examines a database without writing to it, except to finish what a crash interrupted. Throws a PersonError
 * `store_too_new` for a file of a newer Latchkey, and others if the disk or the permissions prevent reading; neither is
 * damage.
 */
export function examineFile(path: string, thorough: boolean): FileState {
  if (!existsSync(path)) {
    return existsSync(`${path}-wal`) ? { state: 'damaged', why: 'missing' } : { state: 'missing' }
  }
  // SQLite opens an empty file as an empty database without an error.
  const { size } = statSync(path)
  if (size === 0) return { state: 'damaged', why: 'empty' }
  try {
    takeBackHalfDone(path)
    return examineContent(path, thorough || size <= WHOLE_CHECK_BYTES)
  } catch (error) {
    if (meansDamage(error)) return { state: 'damaged', why: 'unreadable' }
    throw explain(error)
  }
}

/**
 * A backup has no write-ahead log. If Latchkey is killed while it switches the log on, a rollback journal remains, and
 * SQLite refuses to read the file (SQLITE_READONLY_ROLLBACK) until a writable connection has rolled back.
 */
function takeBackHalfDone(path: string): void {
  if (!existsSync(`${path}-journal`)) return
  const db = new Database(path, { fileMustExist: true })
  try {
    db.pragma('schema_version')
  } finally {
    db.close()
  }
}

function examineContent(path: string, whole: boolean): FileState {
  // Read-only, so that closing does not checkpoint a damaged file.
  const db = new Database(path, { readonly: true, fileMustExist: true })
  try {
    if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
      return { state: 'damaged', why: 'foreign' }
    }
    refuseLaterVersion(db)
    const wrong = whole
      ? problemIn(db, '')
      : guardedIn(db)
          .map((table) => problemIn(db, `('${table}')`))
          .find(Boolean)
    return wrong === undefined ? { state: 'sound' } : { state: 'damaged', why: 'parts' }
  } finally {
    db.close()
  }
}

/** Files of older versions do not have every table. */
function guardedIn(db: Connection): readonly string[] {
  const has = db.prepare<[string], 1>('SELECT 1 FROM sqlite_schema WHERE name = ?').pluck()
  return GUARDED_TABLES.filter((table) => table === 'sqlite_schema' || has.get(table) === 1)
}

function refuseLaterVersion(db: Connection): void {
  const version = schemaVersion(db)
  if (version <= latestVersion(MIGRATIONS)) return
  throw new PersonError(
    'store_too_new',
    'Latchkey’s data file was written by a newer Latchkey: install that version again, or start this one with another data folder.',
  )
}

function problemIn(db: Connection, scope: string): string | undefined {
  const [first] = db.pragma(`quick_check${scope}`) as { quick_check: string }[]
  return first?.quick_check === 'ok' ? undefined : (first?.quick_check ?? 'no answer')
}
