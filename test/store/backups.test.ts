import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openWhole, type WholeStore } from '../support/summed-store.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { exchange, latest, NOW, open, SILENT, storedKey } from './fixtures.ts'

let dir: TempDir
let store: WholeStore
let now: number
beforeEach(async () => {
  dir = await createTempDir()
  now = NOW
  store = await openWhole({ dataDir: dir.path, now: () => now, log: SILENT })
})
afterEach(async () => {
  await store.close()
  await dir.remove()
})

test('a backup that is made while use is being written is whole', async () => {
  const rows = Array.from({ length: 3000 }, (_, number) => exchange(`x-${number}`, { time: NOW + number }))
  await store.keys.insert(storedKey('one'))
  await store.usage.append(rows, [])
  const making = store.backups.create('asked')
  let written = 0
  let isMade = false
  void making.finally(() => (isMade = true))
  while (!isMade && written < 500) {
    await store.usage.append([exchange(`later-${written}`, { time: NOW + 5000 + written })], [])
    written += 1
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { name, bytes } = await making
  const path = join(dir.path, 'backups', name)
  expect(statSync(path).size).toBe(bytes)
  const copy = new Database(path, { readonly: true })
  expect(copy.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(copy.prepare('SELECT id FROM keys').pluck().all()).toEqual(['one'])
  expect(Number(copy.prepare('SELECT COUNT(*) FROM exchanges').pluck().get())).toBeGreaterThanOrEqual(3000)
  copy.close()
  expect(readdirSync(join(dir.path, 'backups'))).toEqual([name])
})

test('the last seven of each kind are kept, newest first, for their owner alone', async () => {
  for (let day = 0; day < 9; day++) {
    now = NOW + day * 86_400_000
    await store.backups.create('daily')
  }
  await store.backups.create('asked')
  const list = await store.backups.list()
  expect(list.map((backup) => backup.kind)).toEqual(expect.arrayContaining(['asked']))
  expect(list.filter((backup) => backup.kind === 'daily').map((backup) => backup.time)).toEqual(
    [8, 7, 6, 5, 4, 3, 2].map((day) => NOW + day * 86_400_000),
  )
  if (process.platform === 'win32') return
  for (const { name } of list) expect(statSync(join(dir.path, 'backups', name)).mode & 0o777).toBe(0o600)
  expect(statSync(join(dir.path, 'backups')).mode & 0o777).toBe(0o700)
})

test('other files in the folder are no backups, and stay', async () => {
  const { name } = await store.backups.create('asked')
  writeFileSync(join(dir.path, 'backups', 'notes.txt'), 'mine')
  expect((await store.backups.list()).map((backup) => backup.name)).toEqual([name])
  expect(await store.backups.layReady('notes.txt')).toBeUndefined()
  expect(await store.backups.layReady('../latchkey.db')).toBeUndefined()
})

test('a restore that a crash interrupted at any point is finished by the next start', async () => {
  await store.keys.insert(storedKey('then'))
  const { name } = await store.backups.create('asked')
  await store.keys.insert(storedKey('since'))
  expect(await store.backups.layReady(name)).toBeDefined()
  await store.close()
  // As a crash leaves it that came when the present file was aside already: there is only the backup.
  const file = join(dir.path, 'latchkey.db')
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
  store = await open(dir.path)
  expect((await store.keys.load()).map(({ key }) => key.id)).toEqual(['then'])
  expect(messagesOf(store)).toEqual([expect.stringContaining('The backup is in place')])
  await store.close()
  store = await open(dir.path)
  expect(store.notices).toEqual([])
})

test('the next start rolls back a half-written file without a log', async () => {
  await store.keys.insert(storedKey('then'))
  const { name } = await store.backups.create('asked')
  await store.close()
  const file = join(dir.path, 'latchkey.db')
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
  copyHalfWritten(join(dir.path, 'backups', name), file)
  // As a reader has it: why a start must see to it first.
  const reader = new Database(file, { readonly: true })
  expect(() => reader.prepare('SELECT * FROM keys').all()).toThrow('readonly')
  reader.close()
  store = await open(dir.path)
  expect((await store.keys.load()).map(({ key }) => key.id)).toEqual(['then'])
  expect(messagesOf(store)).toEqual([])
  expect(existsSync(`${file}-journal`)).toBe(false)
})

/** A database and its rollback journal in the middle of a transaction that deletes the keys. */
function copyHalfWritten(source: string, target: string): void {
  const db = new Database(source)
  // Pages that do not fit into memory are written before the transaction ends.
  db.pragma('cache_size = 2')
  db.exec('BEGIN; DELETE FROM key_secrets; DELETE FROM keys; CREATE TABLE big AS SELECT zeroblob(200000) AS bytes;')
  for (const suffix of ['', '-journal']) copyFileSync(source + suffix, target + suffix)
  db.exec('ROLLBACK')
  db.close()
}

test('a backup of an older version is brought forward when it is put in place', async () => {
  mkdirSync(join(dir.path, 'backups'), { recursive: true })
  const name = '2026-01-01T00-00-00-000Z.asked.db'
  writeFileSync(join(dir.path, 'backups', name), readFileSync(join(import.meta.dirname, 'files', 'version-1.db')))
  expect(await store.backups.layReady(name)).toBeDefined()
  await store.close()
  store = await open(dir.path)
  expect((await store.keys.load()).map(({ key }) => key.id)).toEqual(['key-1', 'key-2'])
  expect(await latest(store, 1000)).toHaveLength(200)
})

function messagesOf({ notices }: Pick<WholeStore, 'notices'>): string[] {
  return notices.map(({ message }) => message)
}
