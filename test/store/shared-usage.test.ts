import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Database } from '../../src-main/store/postgres/connection/database.ts'
import { SharedUsage } from '../../src-main/store/postgres/usage/shared-usage.ts'
import { readPage } from '../../src-main/usage/exchange-pages.ts'
import type { UsageStore } from '../../src-main/usage/ports.ts'
import { SharedSums } from '../../src-main/usage/shared-sums/shared-sums.ts'
import type { Exchange } from '../../src-shared/gateway/exchange.ts'
import { QUARTER_MS } from '../../src-shared/keys/stored.ts'
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.ts'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../support/postgres.ts'
import { until } from '../support/until.ts'
import { WITHOUT_DISK } from '../support/without-disk.ts'
import { type OpenUsage, openShared } from './contract/usage-subjects.ts'
import { exchange, NOW, SILENT } from './fixtures.ts'

const DAY_MS = 86_400_000
const quarter = Math.floor(NOW / QUARTER_MS)
const whyNot = whyNoPostgres()
if (whyNot !== undefined) console.log(`no tests of shared usage: ${whyNot}`)

let number = 0
const some = (count: number, changes: Partial<Exchange> = {}) =>
  Array.from({ length: count }, () => exchange(`x-${number++}`, { time: NOW - (number % 5) * QUARTER_MS, ...changes }))

const requestsIn = async (store: UsageStore, from = 0) =>
  (await store.sums('all', from, quarter + 100))[0]?.requests ?? 0
const idsIn = async (store: UsageStore) => (await readPage(store, { limit: 100_000 })).map(({ id }) => id).sort()

describe.skipIf(whyNot !== undefined)('usage of several gateways in PostgreSQL', () => {
  let server: PostgresServer
  let url: string
  let usage: OpenUsage
  let writers = 0
  let opened: { close(): Promise<void> }[] = []
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.remove())
  beforeEach(async () => {
    url = await server.createDatabase()
    usage = await openShared(url, () => ++writers)
    opened = []
  })
  afterEach(async () => {
    await usage.close()
    for (const one of opened) await one.close()
  })

  /** One more gateway. */
  function gateway(address: string, options: { isLeader?: boolean } = {}) {
    const database = new Database({ url: address, applicationName: 'test', log: SILENT })
    opened.push(database)
    const rows = new SharedUsage(database)
    return {
      database,
      rows,
      store: new SharedSums({ rows, writer: ++writers, isLeader: () => options.isLeader === true, ...WITHOUT_DISK }),
    }
  }

  async function proxied(): Promise<{ proxy: CuttingProxy; store: UsageStore }> {
    const proxy = await startCuttingProxy(server.port)
    const { store } = gateway(url.replace(String(server.port), String(proxy.port)))
    opened.push(proxy)
    return { proxy, store }
  }

  const sql = (text: string) => server.sql(`SET search_path = latchkey; ${text}`, url.split('/').at(-1))

  async function countOf(text: string): Promise<number> {
    const results = (await sql(`SELECT COUNT(*)::int AS count FROM ${text}`)) as unknown as {
      rows: { count: number }[]
    }[]
    return results.at(-1)?.rows[0]?.count ?? -1
  }

  test('a batch is written once, wherever the connection is cut, and whether or not the answer came', async () => {
    const { proxy, store } = await proxied()
    const [, , reader] = usage.gateways()
    const written = some(3)
    await store.append(written, [])
    let summed = written.length
    for (const when of ['before the server has it', 'after the server has answered'] as const) {
      let cuts = 0
      for (let message = 0; ; message++) {
        const [kept, summedOnly] = [some(2), some(1, { keyId: `key-${message}` })]
        proxy.cut({ message, when })
        const failed = await store.append(kept, summedOnly).then(
          () => false,
          () => true,
        )
        expect(failed).toBe(proxy.hasCut())
        proxy.cut({ message: Infinity, when })
        // As the queue of the usage room does: what was recorded meanwhile is part of the next attempt.
        if (failed) kept.push(...some(1))
        if (failed) await store.append(kept, summedOnly)
        written.push(...kept)
        summed += kept.length + summedOnly.length
        expect([when, message, await requestsIn(reader)]).toEqual([when, message, summed])
        if (!failed) break
        cuts += 1
      }
      expect(cuts).toBeGreaterThan(6)
    }
    expect(await idsIn(reader)).toEqual(written.map(({ id }) => id).sort())
  })

  test('a batch that was given up is written once or not at all, and the next one is complete', async () => {
    const { proxy, store } = await proxied()
    await store.append(some(1), [])
    for (let message = 0; message < 12; message++) {
      const before = await requestsIn(usage.gateways()[1])
      proxy.cut({ message, when: 'after the server has answered' })
      await store.append(some(10), []).catch(() => undefined)
      proxy.cut({ message: Infinity, when: 'after the server has answered' })
      await store.append(some(1), [])
      expect([before + 1, before + 11]).toContain(await requestsIn(usage.gateways()[1]))
    }
  })

  test('nothing is lost and nothing is counted twice when PostgreSQL is killed again and again', async () => {
    const own = await startPostgres()
    const shared = await openShared(await own.createDatabase(), () => ++writers)
    let isOver = false
    const written: Exchange[] = []
    const write = async (store: UsageStore) => {
      while (!isOver) {
        const batch = some(20)
        written.push(...batch)
        await until(
          () =>
            store.append(batch.slice(0, 15), batch.slice(15)).then(
              () => true,
              () => false,
            ),
          'a batch to be written',
        )
      }
    }
    const keepUp = async (store: UsageStore) => {
      while (!isOver) await store.rollUp(quarter).catch(() => undefined)
    }
    const work = [...shared.gateways().map(write), keepUp(shared.gateways()[0])]
    for (let kill = 0; kill < 3; kill++) {
      const enough = written.length + 600
      await until(async () => written.length > enough, 'more batches')
      await own.kill()
      await own.start()
    }
    isOver = true
    await Promise.all(work)
    const [first, , third] = shared.gateways()
    expect(await requestsIn(third)).toBe(written.length)
    while (await first.rollUp(quarter + 1));
    expect(await requestsIn(third)).toBe(written.length)
    const ids = await idsIn(third)
    expect(ids).toHaveLength((written.length / 20) * 15)
    expect(new Set(ids).size).toBe(ids.length)
    await shared.close()
    await own.remove()
  })

  test('a key is forgotten completely while others use it and the leader sums up', async () => {
    const [first, second, third] = usage.gateways()
    let isOver = false
    let others = 0
    const write = async (store: UsageStore) => {
      while (!isOver) {
        const [mine, theirs] = [some(4, { keyId: 'gone' }), some(3, { keyId: 'stays' })]
        await store.append([...mine, ...theirs], [])
        others += theirs.length
      }
    }
    const keepUp = async () => {
      while (!isOver) await first.rollUp(quarter + 1)
    }
    const work = [write(first), write(second), keepUp()]
    for (let time = 0; time < 5; time++) {
      const enough = others + 100
      await until(async () => others > enough, 'more usage')
      await third.forget({ keyId: 'gone' }, quarter + 1)
    }
    isOver = true
    await Promise.all(work)
    const left = (await readPage(third, { limit: 100_000, key: 'gone' })).length
    for (const round of ['live', 'moved']) {
      const sums = await third.sums('key', 0, quarter + 1)
      const requests = Object.fromEntries(sums.map((row) => [row.value, row.requests]))
      expect([round, requests['stays'], requests['gone'] ?? 0]).toEqual([round, others, left])
      while (await first.rollUp(quarter + 1));
    }
    await third.forget({ keyId: 'gone' }, quarter + 1)
    expect(await third.sums('key', 0, quarter + 1)).toMatchObject([{ value: 'stays', requests: others }])
  })

  test('the leader finishes what a killed gateway was forgetting', async () => {
    const [leader, second] = usage.gateways()
    await second.append([...some(30, { keyId: 'gone' }), ...some(5, { keyId: 'stays' })], [])
    while (await leader.rollUp(quarter + 1));
    const killed = gateway(url)
    await killed.rows.upkeep((rows) => rows.beginForgetting('key', 'gone'))
    // Meanwhile nobody sees its exchanges, and new usage is not lost.
    expect(await idsIn(second)).toHaveLength(5)
    await second.append(some(1, { keyId: 'gone' }), [])
    while (await leader.rollUp(quarter + 1));
    expect(await countOf('forgetting')).toBe(0)
    expect(await countOf('exchanges')).toBe(6)
    const sums = await second.sums('key', 0, quarter + 1)
    expect(Object.fromEntries(sums.map((row) => [row.value, row.requests]))).toEqual({ stays: 5, gone: 1 })
  })

  test('the rows of all gateways become one when their quarter hour is over', async () => {
    for (const store of usage.gateways()) {
      await store.append([exchange('now')], [])
      await store.append([exchange('and now')], [])
    }
    expect([await countOf('live_sums'), await countOf('quarter_sums')]).toEqual([3, 0])
    while (await usage.gateways()[0].rollUp(quarter + 1));
    expect([await countOf('live_sums'), await countOf('quarter_sums')]).toEqual([0, 1])
    expect(await requestsIn(usage.gateways()[1], quarter)).toBe(6)
  })

  test('only the leader sums up and deletes', async () => {
    const { store } = gateway(url)
    await store.append([exchange('old', { time: NOW - 40 * DAY_MS })], [])
    expect(await store.rollUp(quarter + 1)).toBe(false)
    expect(await store.prune(NOW)).toBe(false)
    expect([await countOf('live_sums'), await countOf('exchanges')]).toEqual([1, 1])
  })

  test('a day that was detached when its gateway was killed is dropped later, or made anew when it is needed', async () => {
    const [leader, second] = usage.gateways()
    await second.append(
      [0, 1, 2].map((day) => exchange(`x-${day}`, { time: NOW + day * DAY_MS })),
      [],
    )
    const today = Math.floor(NOW / DAY_MS)
    await sql(`ALTER TABLE exchanges DETACH PARTITION exchanges_d${today}`)
    await sql(`ALTER TABLE exchanges DETACH PARTITION exchanges_d${today + 1}`)
    await second.append([exchange('new')], [])
    expect(await idsIn(leader)).toEqual(['new', 'x-2'])
    while (await leader.prune(today * DAY_MS, 200));
    expect(await idsIn(leader)).toEqual(['new', 'x-2'])
    expect(await countOf(`pg_class WHERE relkind = 'r' AND relname LIKE 'exchanges\\_d%'`)).toBe(2)
  })

  test('sums by key and site that a moved database lacks are made from its quarters, and reports are right meanwhile', async () => {
    const [leader, second, third] = usage.gateways()
    const rows = Array.from({ length: 60 }, (_, at) =>
      exchange(`x-${at}`, { time: NOW - at * 7_200_000, origin: `https://site-${at % 3}.example` }),
    )
    await second.append(rows, [])
    while (await leader.rollUp(quarter - 8));
    await sql('TRUNCATE pair_sums, pair_reach')
    for (let step = 0; step < 200; step++) {
      const found = await third.timesOfKeys('origin', ['key-1'], 0, quarter + 1)
      expect(found.map(({ requests }) => requests)).toEqual([20, 20, 20])
      if (!(await leader.rollUp(quarter + 1))) break
    }
    expect(await countOf('pair_sums WHERE width = 96 AND dimension = 6')).toBeGreaterThan(10)
    expect(
      await countOf(`(SELECT DISTINCT upto FROM pair_reach WHERE width = 4
      UNION SELECT upto FROM sums_reach WHERE width = 4) AS reach`),
    ).toBe(1)
  })

  test('quarters by model that a database of an older version lacks begin with the next hour, and reports are right', async () => {
    const [leader, second, third] = usage.gateways()
    const rows = Array.from({ length: 96 }, (_, back) =>
      exchange(`x-${back}`, { time: NOW - back * QUARTER_MS, model: `model-${back % 3}` }),
    )
    await second.append(rows, [])
    while (await leader.rollUp(quarter - 40));
    await sql(
      'DELETE FROM dimension_sums WHERE width = 1 AND dimension <> 4; DELETE FROM sums_reach WHERE width = 1 AND dimension <> 4',
    )
    const expectOneEach = async () => {
      for (let back = 0; back < 96; back++) {
        const found = await third.times('model', quarter - back, quarter - back + 1)
        expect(found.map(({ value, requests }) => [value, requests])).toEqual([[`model-${back % 3}`, 1]])
      }
    }
    await expectOneEach()
    while (await leader.rollUp(quarter + 4));
    await expectOneEach()
    const begin = quarter - 40 - ((quarter - 40) % 4)
    expect(await countOf('dimension_sums WHERE width = 1 AND dimension = 0')).toBe(quarter + 1 - begin)
    expect(await countOf(`sums_reach WHERE width = 1 AND dimension = 0 AND since = ${begin}`)).toBe(1)
  })

  test('the leader makes the days ahead, so that no batch waits for them', async () => {
    await usage.gateways()[0].rollUp(quarter)
    expect(await countOf(`pg_class WHERE relkind = 'r' AND relname LIKE 'exchanges\\_d%'`)).toBe(2)
  })

  test('a report reads one moment, while others write and the leader sums up', async () => {
    const [first, second, third] = usage.gateways()
    await second.append(some(50), [])
    await third.read(async (sums) => {
      const before = await sums.times('model', 0, quarter + 1)
      await second.append(some(7), [])
      while (await first.rollUp(quarter + 1));
      await first.forget({ origin: 'https://example.org' }, quarter + 1)
      const after = await sums.times('model', 0, quarter + 1)
      expect(after.map(({ requests }) => requests)).toEqual([50])
      expect(after.map(({ requests }) => requests)).toEqual(before.map(({ requests }) => requests))
    })
    expect(await third.times('model', 0, quarter + 1)).toEqual([])
  })
})
