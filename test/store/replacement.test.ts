import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqliteStore, type SqliteStore, type StoreChange } from '../../src-main/store/sqlite/sqlite-store.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { NOW, SILENT, storedKey } from './fixtures.ts'

let dir: TempDir
let store: SqliteStore
beforeEach(async () => {
  dir = await createTempDir()
  store = await open()
})
afterEach(async () => {
  await store.close()
  await dir.remove()
})

const open = () => openSqliteStore({ dataDir: dir.path, now: () => NOW, log: SILENT })
const ids = async () => (await store.keys.load()).map(({ key }) => key.id)

async function backupBefore(id: string): Promise<string> {
  await store.keys.insert(storedKey('then'))
  const { name } = await store.backups.create('asked')
  await store.keys.insert(storedKey(id))
  return name
}

test('an open store holds the lock on its data, and gives it back when it is closed', async () => {
  await expect(open()).rejects.toMatchObject({ code: 'already_running' })
  await store.close()
  store = await open()
  expect(await ids()).toEqual([])
})

test('a restore puts another file under the handles, and tells before and after', async () => {
  const name = await backupBefore('since')
  const seen: [StoreChange['kind'], boolean, string[]][] = []
  store.changes(async ({ kind }) => void seen.push([kind, store.isOpen, await ids()]))
  const { keys } = store
  const done = await store.backups.restore(name)
  expect(seen).toEqual([
    ['replacing', false, ['then', 'since']],
    ['replaced', false, ['then']],
  ])
  expect((await keys.load()).map(({ key }) => key.id)).toEqual(['then'])
  expect(store.isOpen).toBe(true)
  await store.backups.restore(done?.replaced ?? '')
  expect(await ids()).toEqual(['then', 'since'])
})

test('a restore waits for work on the file, and work waits for a restore', async () => {
  const name = await backupBefore('since')
  const working = Promise.withResolvers<void>()
  const order: string[] = []
  const work = store.use(async () => {
    await working.promise
    await store.keys.insert(storedKey('during'))
    order.push('work')
  })
  store.changes(async ({ kind }) => {
    order.push(kind)
    if (kind === 'replacing') later = store.use(async () => order.push(`later ${(await ids()).join()}`))
  })
  let later: Promise<unknown> = Promise.resolve()
  const restoring = store.backups.restore(name)
  // The backup is laid ready, but what is written into the file that goes must not be cut in the middle.
  await expect.poll(() => existsSync(join(dir.path, 'latchkey.db.restoring'))).toBe(true)
  expect(order).toEqual([])
  working.resolve()
  await work
  const done = await restoring
  await later
  expect(order).toEqual(['work', 'replacing', 'replaced', 'later then'])
  await store.backups.restore(done?.replaced ?? '')
  expect(await ids()).toEqual(['then', 'since', 'during'])
})

test('a backup that a listener cannot work with is taken back, and everybody reads the file before again', async () => {
  const name = await backupBefore('since')
  const seen: string[][] = []
  store.changes(async ({ kind }) => {
    if (kind !== 'replaced') return
    seen.push(await ids())
    if (seen.length === 1) throw new Error('not with this one')
  })
  await expect(store.backups.restore(name)).rejects.toMatchObject({ code: 'backup_unusable' })
  expect(seen).toEqual([['then'], ['then', 'since']])
  expect(store.isOpen).toBe(true)
  expect(await store.use(ids)).toEqual(['then', 'since'])
  expect((await store.backups.list()).map(({ kind }) => kind)).toEqual(['asked'])
})

test('where no file can be read any more the store is lost: it says so, and every use is refused', async () => {
  const name = await backupBefore('since')
  const kinds: string[] = []
  store.changes(async ({ kind }) => {
    kinds.push(kind)
    if (kind === 'replaced') throw new Error('with none of them')
  })
  await expect(store.backups.restore(name)).rejects.toThrow('with none of them')
  expect(kinds).toEqual(['replacing', 'replaced', 'replaced', 'lost'])
  expect(store.isOpen).toBe(false)
  expect(store.notices()).toMatchObject([{ code: 'store_lost' }])
  for (const work of [store.use(ids), store.audit.list(1, undefined), store.backups.list(), store.keys.load()]) {
    await expect(work).rejects.toMatchObject({ code: 'store_lost' })
  }
  await store.close()
  store = await open()
  expect(await ids()).toEqual(['then', 'since'])
})
