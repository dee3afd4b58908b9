import { expect, test, vi } from 'vitest'
import type { UsageStore } from '../../../src-main/usage/ports.ts'
import { UsageRoom } from '../../../src-main/usage/usage-room.ts'
import type { Exchange } from '../../../src-shared/gateway/exchange.ts'
import { exchange, NOW } from '../../store/fixtures.ts'
import { PATIENCE_MS } from '../../support/patience.ts'
import { useAlways } from '../../support/summed-store.ts'

/** Stands in for the database, because a disk that fails on demand cannot be had. See test/store for the real one. */
function setUp({ pages = 1 } = {}) {
  let now = NOW
  let failing = false
  const written: Exchange[][] = []
  const summed: Exchange[] = []
  const pruned: [number, number][] = []
  const old = { rows: 2500 }
  const warnings: string[] = []
  const recorded: string[] = []
  const store: UsageStore = {
    mostAtOnce: 250,
    async append(kept, summedOnly) {
      if (failing) throw new Error('disk full')
      written.push([...kept])
      summed.push(...summedOnly)
    },
    dropped: () => 0,
    walk: async ({ limit, after }) => ({
      found: written.flat().reverse().slice(0, limit),
      next: (after?.row ?? 0) + 1 < pages ? { time: NOW, row: (after?.row ?? 0) + 1 } : undefined,
    }),
    countStep: async () => ({ found: written.flat().length, next: undefined }),
    placesStep: async () => ({ found: [], next: undefined }),
    cursorOf: async (time) => ({ time, row: -1 }),
    read: (report) => report(store),
    sums: async () => [],
    times: async () => [],
    timesOfKeys: async () => [],
    sumsInEach: async (_, ranges) => ranges.map(() => []),
    timesInEach: async (_, ranges) => ranges.map(() => []),
    timesOfKeysInEach: async (_by, _keyIds, ranges) => ranges.map(() => []),
    keyModelsInEach: async (ranges) => ranges.map(() => []),
    keyModels: async () => [],
    rollUp: async () => false,
    shrink: async () => false,
    settle: async () => undefined,
    reload: async () => undefined,
    hasTraces: async () => false,
    forget: async () => 0,
    firstQuarter: async () => undefined,
    tokensSince: async () => 1000,
    async prune(before, limit) {
      pruned.push([before, limit])
      const gone = Math.min(limit, old.rows)
      old.rows -= gone
      return gone === limit
    },
  }
  const usage = new UsageRoom({
    store,
    use: useAlways,
    now: () => now,
    log: { warn: (_, message) => warnings.push(message) },
    labelOf: (_, value) => value,
    personOf: () => '',
    keysOfPerson: () => [],
    timeZone: () => 'UTC',
    onRecorded: (one) => recorded.push(one.id),
    retentionDays: () => 30,
  })
  return {
    usage,
    written,
    summed,
    pruned,
    old,
    warnings,
    recorded,
    fail: (on: boolean) => {
      failing = on
    },
    pass: (ms: number) => {
      now += ms
    },
  }
}

function record(usage: ReturnType<typeof setUp>['usage'], count: number, from = 0) {
  for (let number = from; number < from + count; number++) usage.record(exchange(`x-${number}`, { time: NOW + number }))
}

test('recording writes nothing itself, and tells the listener at once', async () => {
  const { usage, written, recorded } = setUp()
  record(usage, 3)
  expect(written).toEqual([])
  expect(recorded).toEqual(['x-0', 'x-1', 'x-2'])
  await usage.flush()
  expect(written.map((batch) => batch.length)).toEqual([3])
})

test('once started, what is recorded is written without being asked', async () => {
  const { usage, written } = setUp()
  usage.start()
  record(usage, 3)
  await vi.waitFor(() => expect(written.flat()).toHaveLength(3), { timeout: PATIENCE_MS })
  await usage.close()
})

test('a thousand exchanges are written without waiting for the timer, in batches that hold nobody up', async () => {
  const { usage, written } = setUp()
  record(usage, 1100)
  await vi.waitFor(() => expect(written.map((batch) => batch.length)).toEqual([250, 250, 250, 250, 100]), {
    timeout: PATIENCE_MS,
  })
})

test('rows that cannot be written wait, and are written once in order when the disk is back', async () => {
  const { usage, written, fail, pass } = setUp()
  fail(true)
  record(usage, 3)
  await usage.flush()
  pass(10_000)
  await usage.flush()
  fail(false)
  record(usage, 2, 3)
  await usage.flush()
  expect(written.flat().map((one) => one.id)).toEqual(['x-0', 'x-1', 'x-2', 'x-3', 'x-4'])
  expect(usage.dropped()).toBe(0)
})

test('rows that cannot be written for half a minute are dropped and counted, with one warning a minute', async () => {
  const { usage, written, warnings, fail, pass } = setUp()
  fail(true)
  record(usage, 1500)
  await usage.flush()
  pass(30_000)
  await usage.flush()
  expect(usage.dropped()).toBe(1500)
  record(usage, 5)
  await usage.flush()
  expect(usage.dropped()).toBe(1505)
  expect(warnings).toHaveLength(1)
  pass(60_000)
  record(usage, 5)
  await usage.flush()
  expect(warnings).toHaveLength(2)
  fail(false)
  record(usage, 1)
  await usage.flush()
  expect(written.flat()).toHaveLength(1)
})

test('the queue is bounded: what does not fit is counted', async () => {
  const { usage, fail } = setUp()
  fail(true)
  record(usage, 20_010)
  expect(usage.dropped()).toBe(10)
})

test('the latest exchanges include those that could not be written yet, newest first', async () => {
  const { usage, fail } = setUp()
  record(usage, 3)
  await usage.flush()
  fail(true)
  record(usage, 2, 3)
  expect((await usage.page({ limit: 4 })).map((one) => one.id)).toEqual(['x-4', 'x-3', 'x-2', 'x-1'])
})

test('tokens since a moment include those that could not be written yet, from the start of its quarter hour', async () => {
  const { usage, fail } = setUp()
  fail(true)
  const quarter = NOW - (NOW % 900_000)
  usage.record(exchange('in', { time: quarter }))
  usage.record(exchange('too old', { time: quarter - 1 }))
  usage.record(exchange('other key', { keyId: 'key-2' }))
  usage.record(exchange('nothing said', { promptTokens: null, completionTokens: null }))
  expect(await usage.tokensSince('key-1', NOW)).toBe(1030)
})

test('a flood without a key is counted whole, but only its first rows are kept', async () => {
  const { usage, written, summed, recorded } = setUp()
  for (let number = 0; number < 3000; number++) {
    usage.record(exchange(`flood-${number}`, { keyId: null, origin: `https://${number}.example`, outcome: 'refused' }))
  }
  usage.record(exchange('with key', { origin: 'https://4000.example' }))
  usage.record(exchange('next quarter', { keyId: null, origin: 'https://5000.example', time: NOW + 900_000 }))
  await usage.flush()
  const kept = written.flat()
  expect(kept.map((one) => one.id).slice(-3)).toEqual(['flood-1999', 'with key', 'next quarter'])
  expect(summed).toHaveLength(1000)
  expect(recorded).toHaveLength(2002)
  expect(usage.dropped()).toBe(0)
})

test('closing writes what waits, and counts what it cannot write', async () => {
  const { usage, written, fail } = setUp()
  record(usage, 2)
  await usage.close()
  expect(written.flat()).toHaveLength(2)
  fail(true)
  record(usage, 3)
  await usage.close()
  expect(usage.dropped()).toBe(3)
})

test('starting deletes what is past its days, in small steps', async () => {
  const { usage, pruned, old } = setUp()
  usage.start()
  await vi.waitFor(() => expect(old.rows).toBe(0), { timeout: PATIENCE_MS })
  expect(pruned).toEqual(Array.from({ length: 13 }, () => [NOW - 30 * 86_400_000, 200]))
  await usage.close()
})

test('a report names its rows and its zone', async () => {
  const { usage } = setUp()
  const report = await usage.report({ period: 'week', by: 'key', timeZone: 'Asia/Kolkata' })
  expect(report).toMatchObject({ period: 'week', by: 'key', timeZone: 'Asia/Kolkata', rows: [] })
  expect(report.buckets).toHaveLength(7)
})

test('an export that a restore comes between ends with an error, and never goes on in the other file', async () => {
  const { usage } = setUp({ pages: 2 })
  record(usage, 1)
  const { batches } = await usage.export({})
  const reader = batches[Symbol.asyncIterator]()
  expect((await reader.next()).value).toHaveLength(1)
  await usage.beginReplacement()
  await usage.endReplacement()
  await expect(reader.next()).rejects.toThrow('during the export')
})

test('usage recorded while rows are replaced is counted and written into the new rows', async () => {
  const { usage, written } = setUp()
  record(usage, 2)
  await usage.beginReplacement()
  expect(written.flat()).toHaveLength(2)
  record(usage, 1, 2)
  expect(await usage.tokensSince('key-1', NOW)).toBe(1030)
  await usage.endReplacement()
  expect(written.flat()).toHaveLength(2)
  await usage.flush()
  expect(written.flat().map(({ id }) => id)).toEqual(['x-0', 'x-1', 'x-2'])
})
