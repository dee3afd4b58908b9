import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openConnection } from '../../src-main/store/sqlite/file/connection.ts'
import { upgradeFile } from '../../src-main/store/sqlite/file/prepare-file.ts'
import { MIGRATIONS } from '../../src-main/store/sqlite/migrations/all.ts'
import type { Migration } from '../../src-main/store/sqlite/migrations/migrate.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { exchange, open, storedKey } from './fixtures.ts'

let dir: TempDir
let file: string
beforeEach(async () => {
  dir = await createTempDir()
  file = join(dir.path, 'latchkey.db')
})
afterEach(() => dir.remove())

/** Runs one query on the file while another connection has it open. */
function ask(path: string, sql: string): unknown[] {
  const db = new Database(path)
  try {
    return db.prepare(sql).pluck().all()
  } finally {
    db.close()
  }
}

test('the committed snapshot of the schema is what the migrations make', async () => {
  await (await open(dir.path)).close()
  const made = ask(file, 'SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name')
  const snapshot = readFileSync(join(import.meta.dirname, '../../src-main/store/sqlite/schema.sql'), 'utf8')
  const version = ask(file, 'PRAGMA user_version')[0]
  expect(snapshot).toBe(
    `-- The schema at version ${String(version)}, as the migrations make it.\n\n${made.join(';\n\n')};\n`,
  )
})

test('migrations are numbered 1, 2, 3 without a gap', () => {
  expect(MIGRATIONS.map((migration) => migration.version)).toEqual(MIGRATIONS.map((_, index) => index + 1))
})

const NEXT: Migration = { version: MIGRATIONS.length + 1, sql: 'ALTER TABLE keys ADD COLUMN colour TEXT' }
const BROKEN: Migration = {
  version: MIGRATIONS.length + 2,
  sql: 'DELETE FROM key_secrets; ALTER TABLE no_such_table ADD COLUMN x',
}

test('an upgrade keeps the keys, and a copy of the file as it was', async () => {
  const store = await open(dir.path)
  await store.keys.insert(storedKey('one'))
  await store.close()
  upgradeFile(file, [...MIGRATIONS, NEXT])
  expect(ask(file, 'SELECT id FROM keys WHERE colour IS NULL')).toEqual(['one'])
  expect(ask(file, 'PRAGMA user_version')).toEqual([NEXT.version])
  const copy = `${file}.before-${NEXT.version}`
  expect(ask(copy, 'PRAGMA user_version')).toEqual([MIGRATIONS.length])
  expect(ask(copy, 'SELECT id FROM keys')).toEqual(['one'])
  if (process.platform !== 'win32') expect(statSync(copy).mode & 0o777).toBe(0o600)
})

test('a step that fails changes nothing, and the steps before it stand', async () => {
  const store = await open(dir.path)
  await store.keys.insert(storedKey('one'))
  await store.close()
  expect(() => upgradeFile(file, [...MIGRATIONS, NEXT, BROKEN])).toThrow('no such table')
  expect(ask(file, 'PRAGMA user_version')).toEqual([NEXT.version])
  expect(ask(file, 'SELECT key_id FROM key_secrets')).toEqual(['one'])
})

test('a first start keeps no copy of nothing', async () => {
  await (await open(dir.path)).close()
  expect(existsSync(`${file}.before-1`)).toBe(false)
})

test.skipIf(process.platform === 'win32')('every file of the store belongs to its owner alone', async () => {
  const store = await open(join(dir.path, 'new'))
  await store.keys.insert(storedKey('one'))
  await store.usage.append([exchange('x')], [])
  expect(statSync(join(dir.path, 'new')).mode & 0o777).toBe(0o700)
  for (const name of ['latchkey.db', 'latchkey.db-wal', 'latchkey.db-shm', 'store.json']) {
    expect([name, statSync(join(dir.path, 'new', name)).mode & 0o777]).toEqual([name, 0o600])
  }
  await store.close()
})

test('decisions wait for the disk at each commit, and usage does not', async () => {
  await (await open(dir.path)).close()
  const [full, normal] = [openConnection(file, 'FULL'), openConnection(file, 'NORMAL')]
  // https://sqlite.org/pragma.html#pragma_synchronous
  expect([full, normal].map((db) => db.pragma('synchronous', { simple: true }))).toEqual([2, 1])
  expect(full.pragma('journal_mode', { simple: true })).toBe('wal')
  full.close()
  normal.close()
})
