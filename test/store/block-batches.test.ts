import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BlockRow } from '#shared/usage/sum-rows.ts'
import { openSqliteStore, type SqliteStore } from '../../src-main/store/sqlite/sqlite-store.ts'
import { everyBlock } from '../../src-main/usage/sums/every-block.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { NOW, SILENT } from './fixtures.ts'

let dir: TempDir
let store: SqliteStore
beforeEach(async () => {
  dir = await createTempDir()
  store = await openSqliteStore({ dataDir: dir.path, now: () => NOW, log: SILENT })
})
afterEach(async () => {
  await store.close()
  await dir.remove()
})

function block(start: number, value: number, dimension: BlockRow['dimension'] = 'origin'): BlockRow {
  const nothing = new Uint8Array()
  const counts = { requests: 1, refused: 0, promptTokens: 0, completionTokens: 0, unmetered: 0, tokenMs: 0 }
  return { ...counts, firstByte: nothing, duration: nothing, dimension, width: 4, start, value }
}

test('thousands of blocks come in batches: each once, in order, those of the range and of the dimension alone', async () => {
  const starts = [4, 8, 12, 16]
  const blocks = starts.flatMap((start) => Array.from({ length: 700 }, (_, value) => block(start, value)))
  await store.usageRows.apply({ blocks: [...blocks, block(8, 3, 'model')] })
  const got: string[] = []
  const sizes: number[] = []
  for await (const rows of everyBlock(store.usageRows, { dimension: 'origin', width: 4, from: 8, to: 16 })) {
    sizes.push(rows.length)
    got.push(...rows.map(({ start, value }) => `${start} ${value}`))
  }
  expect(got).toEqual(
    blocks.filter(({ start }) => start === 8 || start === 12).map((one) => `${one.start} ${one.value}`),
  )
  expect(Math.max(...sizes)).toBeLessThan(700)
})

test('without rows there is no batch', async () => {
  for await (const rows of everyBlock(store.usageRows, { dimension: 'origin', width: 4, from: 0, to: 4 }))
    expect(rows).toBe(0)
})
