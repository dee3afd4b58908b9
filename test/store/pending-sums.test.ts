import { cpSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Checkpoints } from '../../src-main/store/sqlite/file/checkpoints.ts'
import { createRun, openConnection } from '../../src-main/store/sqlite/file/connection.ts'
import { createUsageRows } from '../../src-main/store/sqlite/tables/usage-rows.ts'
import { SummedStore } from '../../src-main/usage/sums/summed-store.ts'
import type { Exchange } from '../../src-shared/gateway/exchange.ts'
import { QUARTER_MS } from '../../src-shared/keys/stored.ts'
import type { WholeStore } from '../support/summed-store.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { exchange, latest, NOW, open, SILENT } from './fixtures.ts'

const quarter = Math.floor(NOW / QUARTER_MS)

let dir: TempDir
beforeEach(async () => {
  dir = await createTempDir()
})
afterEach(() => dir.remove())

/** Reads the file directly, while the store is open. */
function requestsInFile(path: string): number {
  const db = new Database(join(path, 'latchkey.db'), { readonly: true })
  try {
    return Number(db.prepare('SELECT TOTAL(requests) FROM quarter_sums').pluck().get())
  } finally {
    db.close()
  }
}

const requestsOf = async (store: WholeStore) => (await store.usage.sums('all', 0, quarter + 100))[0]?.requests ?? 0

test('sums are in every report at once, and in the file when their quarter hour is over', async () => {
  const store = await open(dir.path)
  await store.usage.append([exchange('one'), exchange('two', { keyId: 'key-2', durationMs: 1000 })], [])
  expect(requestsInFile(dir.path)).toBe(0)
  expect(await requestsOf(store)).toBe(2)
  expect(await store.usage.tokensSince('key-2', quarter, quarter + 1)).toBe(30)
  expect(await store.usage.firstQuarter()).toBe(quarter)
  expect(await store.usage.keyModels(quarter, quarter + 1, 'key-2')).toMatchObject([{ model: 'llama3', requests: 1 }])
  const [times] = await store.usage.times('key', quarter, quarter + 1)
  expect(times?.duration.quantile(0.5)).toBeCloseTo(340, -2)
  while (await store.usage.rollUp(quarter));
  expect(requestsInFile(dir.path)).toBe(0)
  while (await store.usage.rollUp(quarter + 1));
  expect(requestsInFile(dir.path)).toBe(2)
  expect(await requestsOf(store)).toBe(2)
  await store.close()
})

test('closing writes what waits', async () => {
  const store = await open(dir.path)
  await store.usage.append([exchange('one')], [])
  await store.close()
  expect(requestsInFile(dir.path)).toBe(1)
})

test('a restored backup has the sums that were not written when it was made', async () => {
  const store = await open(dir.path)
  await store.usage.append([exchange('one'), exchange('two')], [])
  const backup = await store.backups.create('asked')
  await store.close()
  const other = await createTempDir()
  cpSync(join(dir.path, 'backups', backup.name), join(other.path, 'latchkey.db'))
  const restored = await open(other.path)
  expect(await requestsOf(restored)).toBe(2)
  await restored.close()
  await other.remove()
})

test('far more places than are held in memory cost no more than that, and none of them', async () => {
  const store = await open(dir.path)
  for (let batch = 0; batch < 17; batch++) {
    const models = Array.from({ length: 1000 }, (_, n) => `model-${batch * 1000 + n}`)
    await store.usage.append(
      models.map((model) => exchange(model, { model })),
      [],
    )
  }
  expect(requestsInFile(dir.path)).toBeGreaterThan(0)
  expect(await requestsOf(store)).toBe(17_000)
  expect(await store.usage.sums('model', quarter, quarter + 1)).toHaveLength(17_000)
  await store.close()
  expect(requestsInFile(dir.path)).toBe(17_000)
})

test('sums that cannot be written wait on, and are written once', async () => {
  await (await open(dir.path)).close()
  const path = join(dir.path, 'latchkey.db')
  const db = openConnection(path, 'NORMAL')
  const checkpoints = new Checkpoints({ path, db, log: SILENT })
  const usage = await SummedStore.open(createUsageRows({ db, run: createRun(() => {}), checkpoints }))
  const models = Array.from({ length: 3000 }, (_, n) => exchange(`x-${n}`, { model: `model-${n}` }))
  await usage.append(models, [])
  db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true }))}`)
  await expect(usage.settle()).rejects.toMatchObject({ code: 'store_full' })
  expect(await usage.sums('all', 0, quarter + 1)).toMatchObject([{ requests: 3000 }])
  expect(requestsInFile(dir.path)).toBe(0)
  db.pragma('max_page_count = 100000')
  await usage.settle()
  expect(requestsInFile(dir.path)).toBe(3000)
  expect(await usage.sums('all', 0, quarter + 1)).toMatchObject([{ requests: 3000 }])
  await checkpoints.close()
  db.close()
})

/** As a power cut leaves the files: nothing is closed first. */
async function crashed(path: string): Promise<TempDir> {
  const after = await createTempDir()
  cpSync(path, after.path, { recursive: true })
  return after
}

test('after all exchanges were deleted, a new one is not taken for one of those', async () => {
  let store = await open(dir.path)
  await store.usage.append([exchange('one')], [])
  await store.close()
  store = await open(dir.path)
  expect(await store.usage.prune(NOW + 1, 10)).toBe(false)
  expect(await latest(store, 10)).toEqual([])
  await store.close()
  store = await open(dir.path)
  await store.usage.append([exchange('two')], [])
  const after = await crashed(dir.path)
  await store.close()
  store = await open(after.path)
  expect(await requestsOf(store)).toBe(2)
  await store.close()
  await after.remove()
})

const KEYS = ['a', 'b', null] as const

const action = fc.oneof(
  fc.record({
    do: fc.constant('append' as const),
    kept: fc.array(fc.record({ back: fc.nat(3), keyId: fc.constantFrom(...KEYS) }), { maxLength: 5 }),
    summedOnly: fc.nat(2),
    // More rows than are written in one step.
    models: fc.constantFrom(1, 1, 250),
  }),
  fc.record({ do: fc.constant('step of upkeep' as const), back: fc.nat(3) }),
  fc.record({ do: fc.constantFrom('crash' as const, 'restart' as const, 'forget' as const, 'prune' as const) }),
)

/** The expected answers of the store, computed in the simplest way. */
interface Expected {
  summed: Exchange[]
  raw: Exchange[]
}

async function expectSums(store: WholeStore, { summed, raw }: Expected): Promise<void> {
  const requests = new Map<string, number>()
  for (const one of summed) requests.set(one.keyId ?? '', (requests.get(one.keyId ?? '') ?? 0) + 1)
  const told = await store.usage.times('key', 0, quarter + 100)
  expect(new Map(told.map((row) => [row.value, row.requests]))).toEqual(requests)
  expect(await store.usage.tokensSince('b', quarter - 1, quarter + 1)).toBe(
    30 * summed.filter((one) => one.keyId === 'b' && one.time >= (quarter - 1) * QUARTER_MS).length,
  )
  expect((await latest(store, 5000)).map((one) => one.id).sort()).toEqual(raw.map((one) => one.id).sort())
}

test('each exchange is in the sums exactly once, whatever is written, forgotten and deleted, and wherever it crashes', async () => {
  let number = 0
  const made = (back: number, keyId: string | null, models: number) =>
    Array.from({ length: models }, (_, model) =>
      exchange(`x-${number++}`, { time: NOW - back * QUARTER_MS, keyId, model: `model-${model}` }),
    )
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 4, maxLength: 14, size: 'max' }), async (actions) => {
      const dirs = [await createTempDir()]
      let path = dirs[0]?.path ?? ''
      let store = await open(path)
      let expected: Expected = { summed: [], raw: [] }
      for (const one of actions) {
        if (one.do === 'append') {
          const kept = one.kept.flatMap(({ back, keyId }) => made(back, keyId, one.models))
          const summedOnly = made(0, 'b', one.summedOnly)
          await store.usage.append(kept, summedOnly)
          expected = {
            summed: [...expected.summed, ...kept, ...summedOnly],
            raw: [...expected.raw, ...kept],
          }
        } else if (one.do === 'step of upkeep') {
          await store.usage.rollUp(quarter + 1 - one.back)
        } else if (one.do === 'crash') {
          const after = await crashed(path)
          await store.close()
          dirs.push(after)
          path = after.path
          store = await open(path)
        } else if (one.do === 'restart') {
          await store.close()
          store = await open(path)
        } else if (one.do === 'forget') {
          await store.usage.forget({ keyId: 'a' }, quarter + 1)
          const isLeft = ({ keyId }: Exchange) => keyId !== 'a'
          expected = { summed: expected.summed.filter(isLeft), raw: expected.raw.filter(isLeft) }
        } else {
          await store.usage.prune(NOW - QUARTER_MS, 100_000)
          expected = { ...expected, raw: expected.raw.filter(({ time }) => time >= NOW - QUARTER_MS) }
        }
        await expectSums(store, expected)
      }
      await store.close()
      expect(requestsInFile(path)).toBe(expected.summed.length)
      for (const one of dirs) await one.remove()
    }),
    { numRuns: 40 },
  )
})
