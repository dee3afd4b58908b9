import { closeSync, copyFileSync, existsSync, fstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import Database from 'better-sqlite3'
import { MIGRATIONS } from '../migrations/all.ts'
import { latestVersion, type Migration, schemaVersion } from '../migrations/migrate.ts'
import { meansDamage } from '../store-errors.ts'
import { buildDatabase } from './build-file.ts'
import type { Connection } from './connection.ts'
import { type StoreFiles, SUFFIXES } from './store-files.ts'

// Places in the first page: https://sqlite.org/fileformat2.html#the_database_header
const PAGE_SIZE = 4096
const PAGE_COUNT_AT = 28

/**
 * Calls `work` with a read-only connection to a damaged database, or with undefined if nothing in it can be read. Never
 * writes to the file, so it is kept as it was found.
 */
export function withDamaged(files: StoreFiles, path: string, work: (damaged: Connection | undefined) => void): void {
  const opened = openReadable(path)
  if (opened !== undefined || !existsSync(path)) {
    workAndClose(opened, work)
    return
  }
  const copy = `${files.database}.reading`
  try {
    workAndClose(openWithFreshFirstPage(files, path, copy), work)
  } finally {
    for (const suffix of SUFFIXES) rmSync(copy + suffix, { force: true })
  }
}

/**
 * The lost first page contained the version of the schema. So all versions are tried, newest first. The right one is the
 * version under which secrets match keys and requests match texts; if nothing else is left, keys alone suffice.
 */
function openWithFreshFirstPage(files: StoreFiles, path: string, copy: string): Connection | undefined {
  return openAsSense(files, path, copy, hasKeysAndTexts) ?? openAsSense(files, path, copy, hasKeys)
}

function openAsSense(
  files: StoreFiles,
  path: string,
  copy: string,
  makesSense: (db: Connection) => boolean,
): Connection | undefined {
  for (let count = MIGRATIONS.length; count > 0; count--) {
    copyWithFreshFirstPage(files, { path, copy, migrations: MIGRATIONS.slice(0, count) })
    const opened = openReadable(copy)
    const isLast = count === 1 && makesSense === hasKeys
    const isRight = opened !== undefined && schemaOf(opened) === schemaOfFile(files.building)
    if (isRight && (isLast || makesSense(opened))) return opened
    opened?.close()
  }
  return undefined
}

/**
 * The list of tables. Since version 6 it is longer than the first page, so under the first page of another version it
 * continues in a page with other content.
 */
function schemaOf(db: Connection): string | undefined {
  try {
    return JSON.stringify(db.prepare('SELECT name, rootpage, sql FROM sqlite_schema').raw().all())
  } catch {
    return undefined
  }
}

function schemaOfFile(path: string): string | undefined {
  const db = new Database(path, { readonly: true })
  try {
    return schemaOf(db)
  } finally {
    db.close()
  }
}

function hasKeysAndTexts(db: Connection): boolean {
  return hasKeys(db) && ['exchanges', 'quarter_sums'].every((table) => hasTexts(db, table))
}

function hasKeys(db: Connection): boolean {
  return readsOne(db, 'SELECT 1 FROM key_secrets JOIN keys ON keys.id = key_id LIMIT 1') === 1
}

/** True also for a table without rows. In version 1 the sums contain the class of a route. */
function hasTexts(db: Connection, table: string): boolean {
  const column = table === 'quarter_sums' && schemaVersion(db) === 1 ? 'class' : 'route'
  return readsOne(db, `SELECT (SELECT COUNT(*) FROM terms WHERE id = ${column}) FROM ${table} LIMIT 1`) !== 0
}

/** 0 if it cannot be read. */
function readsOne(db: Connection, sql: string): unknown {
  try {
    return db.prepare(sql).pluck().get()
  } catch {
    return 0
  }
}

function workAndClose(db: Connection | undefined, work: (damaged: Connection | undefined) => void): void {
  try {
    work(db)
  } finally {
    db?.close()
  }
}

/** undefined if not even the list of tables can be read. */
function openReadable(path: string): Connection | undefined {
  if (!existsSync(path)) return undefined
  const db = new Database(path, { readonly: true })
  try {
    // With a writable schema SQLite also opens a file that is shorter than its header says. Nothing here writes to it.
    db.unsafeMode(true)
    db.pragma('writable_schema = ON')
    const version = schemaVersion(db)
    if (version >= 1 && version <= latestVersion(MIGRATIONS) && db.prepare('SELECT 1 FROM key_secrets LIMIT 0'))
      return db
  } catch (error) {
    if (!meansDamage(error) && !isUnknownTable(error)) {
      db.close()
      throw error
    }
  }
  db.close()
  return undefined
}

function isUnknownTable(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code === 'SQLITE_ERROR'
}

/**
 * The first page lists the page where each table begins. Databases of the same schema have their tables at the same pages
 * (see `layOut`), so the first page of a new one opens a file that has lost its own.
 */
function copyWithFreshFirstPage(
  files: StoreFiles,
  { path, copy, migrations }: { path: string; copy: string; migrations: readonly Migration[] },
): void {
  for (const suffix of SUFFIXES) rmSync(copy + suffix, { force: true })
  for (const suffix of ['', '-wal']) if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix)
  buildDatabase(files, migrations, () => {})
  const page = Buffer.alloc(PAGE_SIZE)
  const fresh = openSync(files.building, 'r')
  readSync(fresh, page, 0, PAGE_SIZE, 0)
  closeSync(fresh)
  const target = openSync(copy, 'r+')
  page.writeUInt32BE(Math.floor(fstatSync(target).size / PAGE_SIZE), PAGE_COUNT_AT)
  writeSync(target, page, 0, PAGE_SIZE, 0)
  closeSync(target)
}
