import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Checkpoints } from '../../src-main/store/sqlite/file/checkpoints.ts'
import { type Connection, openConnection } from '../../src-main/store/sqlite/file/connection.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import type { WholeStore } from '../support/summed-store.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { exchange, latest, NOW, open, SILENT } from './fixtures.ts'

let dir: TempDir
let store: WholeStore
beforeEach(async () => {
  dir = await createTempDir()
  store = await open(dir.path)
})
afterEach(async () => {
  await store.close()
  await dir.remove()
})

const file = () => join(dir.path, 'latchkey.db')
const batchOf = (name: string, count = 2000) =>
  Array.from({ length: count }, (_, number) => exchange(`${name}-${number}`, { time: NOW + number }))

/** Pages in the log, and how many of them are in the file as well. */
function logOf(db: Connection) {
  return db.prepare<[], { log: number; checkpointed: number }>('PRAGMA wal_checkpoint(NOOP)').get()
}

test('a long log is copied into the file, and one of the next commits restarts it', async () => {
  const watcher = openConnection(file(), 'NORMAL')
  try {
    let longest = 0
    for (let number = 0; number < 24; number++) {
      await store.usage.append(batchOf(`a${number}`), [])
      longest = Math.max(longest, logOf(watcher)?.log ?? 0)
    }
    expect(longest).toBeGreaterThan(2000)
    let number = 0
    await vi.waitFor(
      async () => {
        await store.usage.append(batchOf(`later${number++}`, 1), [])
        expect(logOf(watcher)?.log).toBeLessThan(500)
      },
      { timeout: PATIENCE_MS },
    )
  } finally {
    watcher.close()
  }
})

test('a log does not grow on and on while it is written to without a pause', async () => {
  const watcher = openConnection(file(), 'NORMAL')
  try {
    let longest = 0
    for (let number = 0; number < 120; number++) {
      await store.usage.append(batchOf(`b${number}`, 1000), [])
      longest = Math.max(longest, logOf(watcher)?.log ?? 0)
    }
    expect(longest).toBeGreaterThan(2000)
    expect(longest).toBeLessThan(8000)
  } finally {
    watcher.close()
  }
})

test('a commit copies nothing itself, also when the log is longer than SQLite would let it become', async () => {
  await store.close()
  const db = openConnection(file(), 'NORMAL')
  db.exec('CREATE TABLE long (page BLOB)')
  const insert = db.prepare('INSERT INTO long VALUES (zeroblob(3000000))')
  for (let number = 0; number < 8; number++) insert.run()
  expect(logOf(db)).toMatchObject({ checkpointed: 0 })
  expect(logOf(db)?.log).toBeGreaterThan(4000)
  db.exec('DROP TABLE long')
  db.close()
  store = await open(dir.path)
})

test('closing waits for the copying under way, and leaves one file with everything in it', async () => {
  for (let number = 0; number < 8; number++) await store.usage.append(batchOf(`b${number}`), [])
  await store.close()
  const alone = new Database(file(), { readonly: true })
  expect(alone.prepare('SELECT COUNT(*) FROM exchanges').pluck().get()).toBe(16_000)
  expect(alone.pragma('integrity_check', { simple: true })).toBe('ok')
  alone.close()
  store = await open(dir.path)
  expect(await latest(store, 1)).toHaveLength(1)
})

test('when the thread has closed the file, another program that looks into it still finds everything and leaves the log', async () => {
  const db = openConnection(file(), 'NORMAL')
  const checkpoints = new Checkpoints({ path: file(), db, log: SILENT })
  try {
    await checkpoints.run()
    await checkpoints.close()
    await store.usage.append(batchOf('c', 3), [])
    const look = `const Database = require('better-sqlite3'); const db = new Database(process.argv[1])
      console.log(db.prepare('SELECT COUNT(*) FROM exchanges').pluck().get()); db.close()`
    // Were the locks of this process gone, it would be the last one to close: it would not see the log, and delete it.
    expect(execFileSync(process.execPath, ['-e', look, file()], { encoding: 'utf8' }).trim()).toBe('3')
    expect(existsSync(`${file()}-wal`)).toBe(true)
  } finally {
    db.close()
  }
})

test('where the thread cannot open the file, that is said once for a long while and writing goes on', async () => {
  const db = openConnection(file(), 'NORMAL')
  const warn = vi.fn()
  const checkpoints = new Checkpoints({ path: join(dir.path, 'not there'), db, log: { warn } })
  try {
    await checkpoints.run()
    expect(warn).toHaveBeenCalledTimes(1)
    db.exec('CREATE TABLE more (page BLOB)')
    db.exec('INSERT INTO more VALUES (zeroblob(9000000))')
    checkpoints.afterWrite()
    await checkpoints.settled()
    // 2197 pages are in the log: it tries again at 4096.
    expect(warn).toHaveBeenCalledTimes(1)
    db.exec('INSERT INTO more VALUES (zeroblob(9000000))')
    checkpoints.afterWrite()
    await checkpoints.settled()
    expect(warn).toHaveBeenCalledTimes(2)
    db.exec('DROP TABLE more')
  } finally {
    await checkpoints.close()
    db.close()
  }
})
