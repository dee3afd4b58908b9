import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Upkeep } from '../../src-main/usage/upkeep.ts'
import { QUARTER_MS } from '../../src-shared/keys/stored.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import { useAlways, type WholeStore } from '../support/summed-store.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { exchange, latest, NOW, open, SILENT } from './fixtures.ts'

const DAY_MS = 86_400_000
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

async function fill(count: number, time: number) {
  const rows = Array.from({ length: count }, (_, number) => exchange(`${time}-${number}`, { time: time + number }))
  await store.usage.append(rows, [])
}

test('old requests go in steps of few rows and pages, the file shrinks, and the sums stay', async () => {
  await fill(20_000, NOW - 40 * DAY_MS)
  await fill(100, NOW)
  const file = join(dir.path, 'latchkey.db')
  await store.close()
  const before = statSync(file).size
  store = await open(dir.path)
  const pruned: number[] = []
  const shrunk: number[] = []
  const upkeep = new Upkeep({
    store: {
      rollUp: (quarter) => store.usage.rollUp(quarter),
      prune: async (moment, limit) => {
        pruned.push(limit)
        return store.usage.prune(moment, limit)
      },
      shrink: async (pages) => {
        shrunk.push(pages)
        return store.usage.shrink(pages)
      },
    },
    use: useAlways,
    now: () => NOW,
    log: SILENT,
    retentionDays: () => 30,
  })
  upkeep.start()
  await vi.waitFor(async () => expect((await store.usage.walk(ALL)).next).toBeUndefined(), { timeout: PATIENCE_MS })
  await vi.waitFor(() => expect(shrunk.length).toBeGreaterThan(5), { timeout: PATIENCE_MS })
  await upkeep.stop()
  while (await store.usage.shrink(32));
  expect(pruned).toHaveLength(101)
  expect(Math.max(...pruned)).toBeLessThanOrEqual(200)
  expect(Math.max(...shrunk)).toBeLessThanOrEqual(32)
  expect(await latest(store, 1000)).toHaveLength(100)
  const quarter = Math.floor(NOW / QUARTER_MS)
  expect((await store.usage.sums('all', 0, quarter + 1))[0]).toMatchObject({ requests: 20_100 })
  await store.close()
  expect(statSync(file).size).toBeLessThan(before / 5)
  store = await open(dir.path)
})

const ALL = { filter: {}, order: 'newest first', after: undefined, limit: 1000 } as const
