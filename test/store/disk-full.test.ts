import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Checkpoints } from '../../src-main/store/sqlite/file/checkpoints.ts'
import { createRun, openConnection } from '../../src-main/store/sqlite/file/connection.ts'
import { createKeyTable } from '../../src-main/store/sqlite/tables/key-table.ts'
import { createUsageRows } from '../../src-main/store/sqlite/tables/usage-rows.ts'
import { SummedStore } from '../../src-main/usage/sums/summed-store.ts'
import { UsageRoom } from '../../src-main/usage/usage-room.ts'
import { useAlways } from '../support/summed-store.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { exchange, latest, NOW, open, SILENT, storedKey } from './fixtures.ts'

let dir: TempDir
beforeEach(async () => {
  dir = await createTempDir()
})
afterEach(() => dir.remove())

const FULL = { name: 'PersonError', code: 'store_full', message: expect.stringContaining('disk is full') as string }
const big = (id: string) =>
  storedKey(id, { models: Array.from({ length: 100 }, (_, n) => `model-${n}-${'x'.repeat(200)}`) })

test('a database that cannot grow refuses a key with a sentence, and nothing of it is there', async () => {
  await (await open(dir.path)).close()
  const durable = openConnection(join(dir.path, 'latchkey.db'), 'FULL')
  const damaged: unknown[] = []
  const run = createRun((error) => damaged.push(error))
  const keys = createKeyTable({ durable, relaxed: durable, run, onUnreadable: (id) => damaged.push(id) })
  await keys.insert(storedKey('before'))
  const pages = Number(durable.pragma('page_count', { simple: true }))
  durable.pragma(`max_page_count = ${pages}`)
  await expect(keys.insert(big('too big'))).rejects.toMatchObject(FULL)
  await expect(keys.replace(big('before'))).rejects.toMatchObject(FULL)
  expect(await keys.load()).toEqual([storedKey('before')])
  durable.pragma('max_page_count = 100000')
  await keys.insert(big('too big'))
  expect(await keys.load()).toHaveLength(2)
  expect(damaged).toEqual([])
  durable.close()
})

test('terms given out in a batch that failed are written with the next one', async () => {
  await (await open(dir.path)).close()
  const db = openConnection(join(dir.path, 'latchkey.db'), 'NORMAL')
  const checkpoints = new Checkpoints({ path: join(dir.path, 'latchkey.db'), db, log: SILENT })
  const usage = await SummedStore.open(createUsageRows({ db, run: createRun(() => {}), checkpoints }))
  const batch = Array.from({ length: 2000 }, (_, n) => exchange(`x-${n}`, { model: 'new-model' }))
  db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true })) + 1}`)
  await expect(usage.append(batch, [])).rejects.toMatchObject(FULL)
  expect(await latest({ usage }, 10)).toEqual([])
  db.pragma('max_page_count = 100000')
  await usage.append(batch, [])
  expect((await latest({ usage }, 1))[0]?.model).toBe('new-model')
  expect(await usage.sums('model', 0, NOW)).toMatchObject([{ value: 'new-model', requests: 2000 }])
  await checkpoints.close()
  db.close()
})

/** A real file system of 2 MB that can be filled, where this machine lets us have one. */
function mountSmallDisk(path: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', path], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function fillUp(path: string): void {
  const { bavail, bsize } = statfsSync(path)
  try {
    writeFileSync(join(path, 'ballast'), Buffer.alloc(Number(bavail) * bsize))
  } catch (error) {
    if (!existsSync(join(path, 'ballast'))) throw error
  }
}

test('on a full disk keys still load, a new one fails with a sentence, and usage is dropped and counted', async (context) => {
  if (!mountSmallDisk(dir.path)) context.skip('no small file system can be mounted here')
  let now = NOW
  try {
    const store = await open(dir.path)
    await store.keys.insert(storedKey('before'))
    const usage = new UsageRoom({
      store: store.usage,
      use: useAlways,
      now: () => now,
      log: SILENT,
      labelOf: (_, value) => value,
      personOf: () => '',
      keysOfPerson: () => [],
      timeZone: () => 'UTC',
      retentionDays: () => 30,
    })
    fillUp(dir.path)
    await expect(insertUntilFull(store.keys.insert)).rejects.toMatchObject(FULL)
    for (let number = 0; number < 3000; number++)
      usage.record(exchange(`x-${number}`, { userAgent: `agent ${number}` }))
    await usage.flush()
    expect(usage.dropped()).toBe(0)
    now += 31_000
    await usage.flush()
    expect(usage.dropped()).toBeGreaterThan(0)
    expect((await store.keys.load())[0]).toEqual(storedKey('before'))
    rmSync(join(dir.path, 'ballast'))
    usage.record(exchange('after'))
    await usage.flush()
    expect((await latest(store, 1))[0]?.id).toBe('after')
    await store.keys.insert(storedKey('after'))
    await usage.close()
    await store.close()
    const again = await open(dir.path)
    expect(again.notices).toEqual([])
    await again.close()
  } finally {
    execFileSync('umount', [dir.path])
  }
})

/** The write-ahead log may have room left for the first few. */
async function insertUntilFull(insert: (key: ReturnType<typeof storedKey>) => Promise<void>): Promise<void> {
  for (let number = 0; number < 100; number++) await insert(big(`new-${number}`))
}
