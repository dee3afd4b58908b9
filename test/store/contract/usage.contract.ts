import { afterEach, beforeEach, expect, test } from 'vitest'
import { readPage } from '../../../src-main/usage/exchange-pages.ts'
import type { UsageStore } from '../../../src-main/usage/ports.ts'
import type { Exchange } from '../../../src-shared/gateway/exchange.ts'
import { QUARTER_MS } from '../../../src-shared/keys/stored.ts'
import { exchange, NOW } from '../fixtures.ts'
import type { OpenUsage, UsageSubject } from './usage-subjects.ts'

const DAY_MS = 86_400_000
const quarter = Math.floor(NOW / QUARTER_MS)

/** The latest exchanges, newest first. */
const latest = (store: UsageStore, limit = 1000): Promise<Exchange[]> => readPage(store, { limit })
const idsIn = async (store: UsageStore) => (await latest(store)).map((one) => one.id)
const requestsIn = async (store: UsageStore) => (await store.sums('all', 0, quarter + 100))[0]?.requests ?? 0

/** What the usage room relies on, whatever the store. */
export function usageContract(subject: UsageSubject): void {
  let usage: OpenUsage
  let first: UsageStore
  let second: UsageStore
  let third: UsageStore
  const take = () => {
    ;[first, second, third] = usage.gateways()
  }
  beforeEach(async () => {
    usage = await subject.open()
    take()
  })
  afterEach(() => usage.close())

  test('an exchange comes back as it was written, with and without everything that may be missing', async () => {
    const full = exchange('full')
    const bare = exchange('bare', {
      time: NOW + 1,
      keyId: null,
      origin: null,
      userAgent: null,
      model: null,
      status: 401,
      outcome: 'refused',
      reason: 'key_missing',
      promptTokens: null,
      completionTokens: null,
      metered: false,
      firstByteMs: null,
    })
    await first.append([full, bare], [])
    await usage.restart()
    take()
    expect(await latest(third, 10)).toEqual([bare, full])
    expect(await latest(third, 1)).toEqual([bare])
  })

  test('the texts of clients are kept, whatever characters they have', async () => {
    const models = ['a\'b"c\\d', '{x,y}', 'NULL', 'ü😀', '   ', 'x'.repeat(300)]
    await first.append(
      models.map((model, at) => exchange(model, { model, time: NOW + at })),
      [],
    )
    // These two have no form in UTF-8, or none in PostgreSQL.
    await first.append([exchange('odd', { model: 'a\0b' }), exchange('odder', { model: 'a\ud800b' })], [])
    expect((await latest(second)).filter(({ id }) => !id.startsWith('odd')).map(({ model }) => model)).toEqual(
      models.toReversed(),
    )
    expect(await requestsIn(second)).toBe(models.length + 2)
  })

  test('an exchange that is only summed has no row of its own', async () => {
    await first.append([exchange('kept')], [exchange('summed')])
    expect(await idsIn(second)).toEqual(['kept'])
    expect(await second.sums('model', 0, NOW)).toMatchObject([{ value: 'llama3', requests: 2 }])
  })

  test('exchanges of one moment are in the order in which they were recorded, on every page', async () => {
    const ids = Array.from({ length: 250 }, (_, number) => `x-${number}`)
    await first.append(
      ids.map((id) => exchange(id)),
      [],
    )
    expect(await idsIn(second)).toEqual(ids.toReversed())
    const page = await readPage(second, { limit: 10, before: { time: NOW, id: 'x-100' } })
    expect(page.map(({ id }) => id)).toEqual(ids.slice(90, 100).toReversed())
    const gone = await readPage(second, { limit: 10, before: { time: NOW, id: 'unknown' } })
    expect(gone).toEqual([])
  })

  test('a walk finds the few that fit among thousands, in both directions, and counts them', async () => {
    const all = Array.from({ length: 5000 }, (_, number) =>
      exchange(`x-${number}`, {
        time: NOW - 3 * DAY_MS + number * 50_000,
        keyId: number % 1000 === 0 ? 'rare' : number % 3 === 0 ? null : 'key-1',
        outcome: number % 5 === 0 ? 'refused' : 'ok',
        reason: number % 5 === 0 ? 'key_unknown' : null,
      }),
    )
    for (let at = 0; at < all.length; at += 1000) await first.append(all.slice(at, at + 1000), [])
    const rare = all.filter(({ keyId }) => keyId === 'rare')
    expect(await readPage(second, { limit: 100, key: 'rare' })).toEqual(rare.toReversed())
    for (const filter of [
      { key: 'rare' },
      { key: '' },
      { key: 'rare,' },
      { outcome: 'refused' as const },
      { reason: '' },
      { origin: 'https://example.org', from: NOW - 2 * DAY_MS, to: NOW - DAY_MS },
      { model: 'unknown' },
    ]) {
      const found = await walkAll(second, filter)
      const { from = 0, to = Infinity } = { from: undefined, to: undefined, ...filter }
      const fitting = all.filter((one) => {
        if ('key' in filter && !filter.key.split(',').includes(one.keyId ?? '')) return false
        if ('outcome' in filter && one.outcome !== filter.outcome) return false
        if ('reason' in filter && one.reason !== null) return false
        if ('model' in filter) return false
        return one.time >= (from ?? 0) && one.time < (to ?? Infinity)
      })
      expect(found.map(({ id }) => id)).toEqual(fitting.map(({ id }) => id))
      expect(await countAll(second, filter)).toBe(fitting.length)
    }
  })

  test('the places of a key are counted without what was refused', async () => {
    await first.append([exchange('one'), exchange('two', { time: NOW + 5 }), exchange('three', { model: 'qwen' })], [])
    await second.append([exchange('no', { outcome: 'refused' }), exchange('other', { keyId: 'key-2' })], [])
    const { found, next } = await third.placesStep({ filter: { key: 'key-1' }, after: undefined })
    expect(next).toBeUndefined()
    expect(found.toSorted((one, other) => other.requests - one.requests)).toEqual([
      { origin: 'https://example.org', userAgent: 'Chrome', model: 'llama3', requests: 2, lastAt: NOW + 5 },
      { origin: 'https://example.org', userAgent: 'Chrome', model: 'qwen', requests: 1, lastAt: NOW },
    ])
  })

  test('pruning deletes the exchanges before a day, and leaves the sums', async () => {
    await first.append(
      [0, 1, 2, 3].map((day) => exchange(`x-${day}`, { time: NOW + day * DAY_MS })),
      [],
    )
    await second.append([exchange('y-1', { time: NOW + DAY_MS })], [])
    while (await first.prune(Math.floor(NOW / DAY_MS + 3) * DAY_MS, 2));
    expect(await idsIn(third)).toEqual(['x-3'])
    expect(await third.sums('key', 0, NOW)).toMatchObject([{ value: 'key-1', requests: 5, totalTokens: 150 }])
    // A day that is gone can come back, for a gateway that was cut off.
    await second.append([exchange('late', { time: NOW })], [])
    expect(await idsIn(third)).toEqual(['x-3', 'late'])
  })

  test('tokens of a key are counted from the start of a quarter hour, and those of an unknown key are none', async () => {
    await first.append([exchange('before', { time: quarter * QUARTER_MS - 1 })], [])
    await second.append(
      [
        exchange('first', { time: quarter * QUARTER_MS }),
        exchange('unknown', { promptTokens: null, completionTokens: 7 }),
        exchange('other', { keyId: 'key-2' }),
        exchange('keyless', { keyId: null }),
      ],
      [],
    )
    for (const round of ['live', 'rolled up']) {
      expect([round, await third.tokensSince('key-1', quarter, quarter + 1)]).toEqual([round, 37])
      expect(await third.tokensSince('nobody', quarter, quarter + 1)).toBe(0)
      expect(await third.firstQuarter()).toBe(quarter - 1)
      while (await first.rollUp(quarter + 4));
    }
  })

  test('sums are in every report at once, and stay the same when they are rolled up', async () => {
    await first.append([exchange('one'), exchange('two', { keyId: 'key-2', durationMs: 1000 })], [])
    await second.append([exchange('three', { keyId: 'key-2', durationMs: 1000 })], [])
    for (const upto of [quarter, quarter + 1, quarter + 100, quarter + 40_000]) {
      while (await first.rollUp(upto));
      expect(await requestsIn(third)).toBe(3)
      expect(await third.keyModels(quarter, quarter + 1, 'key-2')).toMatchObject([{ model: 'llama3', requests: 2 }])
      expect(await third.keyModels(quarter, quarter + 1)).toHaveLength(2)
      const times = await third.times('key', quarter, quarter + 1)
      expect(times.find(({ value }) => value === 'key-2')?.duration.quantile(0.5)).toBeCloseTo(1000, -2)
      expect(await third.sums('all', 0, quarter)).toEqual([])
    }
  })

  test('usage that comes after its hour was rolled up is in every report, before and after the next step', async () => {
    await first.append([exchange('one'), exchange('later', { time: NOW + DAY_MS })], [])
    while (await first.rollUp(quarter + 1000));
    await second.append([exchange('late')], [exchange('later still', { keyId: 'key-2' })])
    await third.append([exchange('last', { model: 'qwen' })], [])
    for (const round of ['before', 'after']) {
      expect([round, await requestsIn(third)]).toEqual([round, 5])
      for (const [from, to] of [
        [quarter, quarter + 1],
        [quarter - (quarter % 96), quarter - (quarter % 96) + 96],
        [0, quarter + 1],
      ] as const) {
        const models = await third.sums('model', from, to)
        expect(Object.fromEntries(models.map((row) => [row.value, row.requests]))).toEqual({ llama3: 3, qwen: 1 })
        expect((await third.times('all', from, to))[0]?.requests).toBe(4)
      }
      while (await first.rollUp(quarter + 1000));
    }
  })

  test('hours of long ago are let go, and a report of them stays what it was', async () => {
    const start = NOW - 200 * DAY_MS
    const rows = Array.from({ length: 150 }, (_, number) =>
      exchange(`x-${number}`, { time: start + number * 100_000_000, model: number % 3 === 0 ? 'a' : 'b' }),
    )
    await first.append([], rows.slice(0, 75))
    await second.append([], rows.slice(75))
    const range = [Math.floor(start / QUARTER_MS) + 3, quarter - 5] as const
    const plain = async () =>
      (await third.times('model', ...range))
        .map(({ firstByte, duration, ...sums }) => ({
          ...sums,
          first: firstByte.quantile(0.5),
          last: duration.quantile(0.9),
        }))
        .sort((one, other) => (one.value < other.value ? -1 : 1))
    const before = await plain()
    while (await first.rollUp(quarter));
    const after = await plain()
    expect(after).toEqual(before)
    // Late usage is added to every existing block.
    await second.append([], [exchange('late', { time: start + 100 * DAY_MS, model: 'a' })])
    for (const round of ['live', 'moved']) {
      const late = await third.sums('model', ...range)
      expect([round, late.find((one) => one.value === 'a')?.requests]).toEqual([
        round,
        (after.find((one) => one.value === 'a')?.requests ?? 0) + 1,
      ])
      while (await first.rollUp(quarter));
    }
  })

  test('after everything is forgotten the store can be used as before', async () => {
    await first.append([exchange('x')], [])
    await second.append([exchange('z')], [])
    while (await first.rollUp(quarter + 100));
    expect(await third.forget('everything', quarter + 100)).toBe(2)
    expect(await third.sums('all', 0, quarter + 1)).toEqual([])
    expect(await idsIn(third)).toEqual([])
    for (const gateway of [first, second, third]) await gateway.append([exchange('y')], [])
    expect(await third.sums('model', 0, quarter + 1)).toMatchObject([{ value: 'llama3', requests: 3 }])
    expect(await idsIn(first)).toEqual(['y', 'y', 'y'])
  })

  test('a key that is forgotten leaves no trace, and can be used again from any gateway', async () => {
    for (const gateway of [first, second, third]) {
      await gateway.append([exchange('gone'), exchange('stays', { keyId: 'key-2' })], [])
    }
    expect(await second.hasTraces({ keyId: 'key-1' })).toBe(true)
    expect(await second.forget({ keyId: 'key-1' }, quarter + 1)).toBe(3)
    for (const gateway of [first, second, third]) {
      expect(await gateway.hasTraces({ keyId: 'key-1' })).toBe(false)
      expect(await gateway.forget({ keyId: 'key-1' }, quarter + 1)).toBe(0)
      expect(await idsIn(gateway)).toEqual(['stays', 'stays', 'stays'])
    }
    for (const gateway of [first, second, third]) await gateway.append([exchange('new')], [])
    expect((await first.sums('key', 0, quarter + 1)).find(({ value }) => value === 'key-1')?.requests).toBe(3)
    expect(await first.hasTraces({ keyId: 'key-1' })).toBe(true)
  })

  test('sums of every quarter stay right when usage is forgotten from the middle of an hour, also if more comes late', async () => {
    const hour = quarter - 8 * 96 - (quarter % 4)
    const begin = hour + 2
    // A day of forgetting begins where the usage begins, so each of these days begins in the middle of an hour.
    const quarters = [0, 1, 93, 94, 95, 96, 97, 98, 190, 191, 192, 193, 194].map((later) => begin + later)
    const at = (time: number, keyId: string) => exchange(`${keyId} at ${time}`, { keyId, time: time * QUARTER_MS })
    for (const one of quarters) await first.append([at(one, 'key-2')], one >= begin + 96 ? [at(one, 'key-1')] : [])
    while (await first.rollUp(quarter + 1));
    await second.forget({ keyId: 'key-1' }, quarter + 1)
    await third.append([], [at(begin + 94, 'key-2'), at(begin + 96, 'key-2')])
    while (await first.rollUp(quarter + 1));
    for (const by of ['model', 'key', 'origin', 'route', 'all'] as const) {
      for (const one of quarters) {
        const found = (await second.sums(by, one, one + 1)).reduce((sum, { requests }) => sum + requests, 0)
        expect([by, one - begin, found]).toEqual([by, one - begin, [94, 96].includes(one - begin) ? 2 : 1])
      }
    }
  })
}

async function walkAll(store: UsageStore, filter: Parameters<UsageStore['walk']>[0]['filter']): Promise<Exchange[]> {
  const all: Exchange[] = []
  for (let after: { time: number; row: number } | undefined; ; ) {
    const { found, next } = await store.walk({ filter, order: 'oldest first', after, limit: 700 })
    all.push(...found)
    if (next === undefined) return all
    after = next
  }
}

async function countAll(store: UsageStore, filter: Parameters<UsageStore['walk']>[0]['filter']): Promise<number> {
  let count = 0
  for (let after: { time: number; row: number } | undefined; ; ) {
    const { found, next } = await store.countStep({ filter, after })
    count += found
    if (next === undefined) return count
    after = next
  }
}
