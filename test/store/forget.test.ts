import fc from 'fast-check'
import { expect, test } from 'vitest'
import { QUARTER_MS } from '../../src-shared/keys/stored.ts'
import { createTempDir } from '../support/temp-dir.ts'
import { exchange, latest, NOW, open } from './fixtures.ts'

const DAY_MS = 86_400_000
const quarter = Math.floor(NOW / QUARTER_MS)

const use = fc.array(
  fc.record({
    time: fc.integer({ min: NOW - 90 * DAY_MS, max: NOW }),
    keyId: fc.constantFrom('a', 'b', null),
    origin: fc.constantFrom('https://one.example', 'https://two.example', null),
    model: fc.constantFrom('llama3', 'qwen'),
    durationMs: fc.integer({ min: 1, max: 100_000 }),
  }),
  { minLength: 1, maxLength: 80 },
)

test('after a key or a site is forgotten, everything is as if it had never been', async () => {
  await fc.assert(
    fc.asyncProperty(use, fc.boolean(), async (changes, byKey) => {
      const dir = await createTempDir()
      const store = await open(dir.path)
      const all = changes.map((change, index) => exchange(`x-${index}`, change))
      await store.usage.append(all, [])
      while (await store.usage.rollUp(quarter + 1));
      const gone = await store.usage.forget(byKey ? { keyId: 'a' } : { origin: 'https://one.example' }, quarter + 1)
      const left = all.filter((one) => (byKey ? one.keyId !== 'a' : one.origin !== 'https://one.example'))
      expect(gone).toBe(all.length - left.length)
      expect((await latest(store, 1000)).map((one) => one.id).sort()).toEqual(left.map((one) => one.id).sort())
      const other = await createTempDir()
      const fresh = await open(other.path)
      await fresh.usage.append(left, [])
      for (const by of ['model', 'key', 'origin', 'route', 'all'] as const) {
        const read = async (from: typeof store) =>
          (await from.usage.times(by, 0, quarter + 1))
            .map(({ firstByte, duration, ...sums }) => ({
              ...sums,
              first: firstByte.quantile(0.5),
              p95: duration.quantile(0.95),
            }))
            .sort((one, two) => (one.value < two.value ? -1 : 1))
        expect(await read(store)).toEqual(await read(fresh))
      }
      await store.close()
      await fresh.close()
      await dir.remove()
      await other.remove()
    }),
    { numRuns: 15 },
  )
})

test('after everything is forgotten the file can be used as before', async () => {
  const dir = await createTempDir()
  const store = await open(dir.path)
  await store.usage.append([exchange('x')], [])
  while (await store.usage.rollUp(quarter + 100));
  expect(await store.usage.forget('everything', quarter + 100)).toBe(1)
  expect(await store.usage.sums('all', 0, quarter + 1)).toEqual([])
  await store.usage.append([exchange('y')], [])
  expect(await store.usage.sums('model', 0, quarter + 1)).toMatchObject([{ value: 'llama3', requests: 1 }])
  await store.close()
  await dir.remove()
})
