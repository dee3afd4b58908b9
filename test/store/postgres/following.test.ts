import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ForeignRows } from '#shared/records/foreign-rows.ts'
import { type HoldingProxy, startHoldingProxy } from '../../support/holding-proxy.ts'
import { type PostgresServer, startPostgres, whyNoPostgres, withClient } from '../../support/postgres.ts'
import { until } from '../../support/until.ts'
import { NOW, originRecord, person, storedCredential, storedKey, storedSession } from '../fixtures.ts'
import { type Gateway, openGateway } from './gateways.ts'

const reason = whyNoPostgres()
if (reason !== undefined) console.warn(`following other gateways: skipped, because ${reason}`)

describe.skipIf(reason !== undefined)('two gateways on one database', () => {
  let server: PostgresServer
  let url: string
  let one: Gateway
  let other: Gateway
  const closing: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.remove())
  beforeEach(async () => {
    url = await server.createDatabase()
    one = await openGateway(url, 'one:/data')
    other = await openGateway(url, 'other:/data')
  })
  afterEach(async () => {
    await Promise.all([one.store.close(), other.store.close()])
    for (const close of closing.splice(0)) await close()
  })

  const sql = (text: string) =>
    withClient(url, async (client) => {
      await client.query(`SET search_path = latchkey; ${text}`)
    })
  const stored = (id: string, name: string) => storedKey(id, { name })
  const namesOf = (gateway: Gateway) => [...gateway.keys.values()].map(({ key }) => key.name)

  test('a change of each kind reaches the other at once, and so does a removal', async () => {
    await other.store.start()
    await one.store.persons.put(person('ada'))
    await one.store.credentials.put(storedCredential('one'))
    await one.store.keys.insert(storedKey('key'))
    await one.store.origins.put(originRecord('https://example.org'))
    await one.store.sessions.put(storedSession('session'))
    const put = (kind: Exclude<keyof ForeignRows, 'seen' | 'used' | 'pairings'>) =>
      other.handed.flatMap((rows): unknown[] => [...rows[kind].put])
    await until(() => put('sessions').length === 1, 'the session at the other gateway')
    expect(put('persons')).toEqual([person('ada')])
    expect(put('credentials')).toEqual([storedCredential('one')])
    expect(put('keys')).toEqual([storedKey('key')])
    expect(put('origins')).toEqual([originRecord('https://example.org')])
    await one.store.keys.remove('key')
    await until(() => !other.keys.has('key'), 'the removal at the other gateway')
  })

  test('of two who change the same key the slower one is told, and then has the new row', async () => {
    await one.write(stored('key', 'Old'))
    await other.store.catchUp()
    await one.write(stored('key', 'One'))
    await expect(other.write(stored('key', 'Other'))).rejects.toMatchObject({ code: 'changed_elsewhere' })
    expect(namesOf(other)).toEqual(['One'])
    await other.write(stored('key', 'Other'))
    await one.store.catchUp()
    expect(namesOf(one)).toEqual(['Other'])
  })

  test('a change of a key that was removed elsewhere is refused, and the key is gone', async () => {
    await one.write(stored('key', 'Old'))
    await other.store.catchUp()
    await one.remove('key')
    await expect(other.write(stored('key', 'New'))).rejects.toMatchObject({ code: 'changed_elsewhere' })
    expect(other.keys.size).toBe(0)
    await other.write(stored('key', 'Again'))
    await one.store.catchUp()
    expect(namesOf(one)).toEqual(['Again'])
  })

  test('a notification that is lost is made up for within five seconds', async () => {
    await other.store.start()
    await one.write(stored('key', 'Old'))
    await until(() => other.keys.has('key'), 'the key at the other gateway')
    const began = performance.now()
    await sql(`WITH next AS (UPDATE change_counter SET n = n + 1 RETURNING n),
      changed AS (UPDATE keys SET name = 'Quiet', version = next.n FROM next RETURNING id)
      INSERT INTO changes SELECT n, 'keys', id, 0 FROM next, changed`)
    await until(() => namesOf(other)[0] === 'Quiet', 'the quiet change')
    expect(performance.now() - began).toBeLessThan(5_000)
  })

  test('connections that break are opened again, and nothing is missed', async () => {
    await other.store.start()
    const name = new URL(url).pathname.slice(1)
    await server.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`)
    const isWritten = () =>
      one.write(stored('first', 'First')).then(
        () => true,
        () => false,
      )
    await until(isWritten, 'a change after the break')
    await until(() => other.keys.has('first'), 'the change at the other gateway')
  })

  test.each([
    ['more changes than are read one by one', 6_000, ''],
    ['changes that are not listed any more', 3, 'DELETE FROM changes'],
    ['some that are not listed any more', 3, 'DELETE FROM changes WHERE n <= 4'],
  ])('a gateway that was away for %s has everything, removals included', async (_, count, more) => {
    for (const id of ['stays', 'changes', 'goes']) await one.write(stored(id, 'Old'))
    await other.store.catchUp()
    await one.write(stored('changes', 'New'))
    await one.remove('goes')
    await one.write(stored('comes', 'Here'))
    await sql(`INSERT INTO changes SELECT (SELECT n FROM change_counter) + at, 'keys', 'nobody', 0 FROM generate_series(1, ${count}) AS at;
      UPDATE change_counter SET n = n + ${count}; ${more}`)
    other.handed.length = 0
    await other.store.catchUp()
    const [handed] = other.handed
    expect(handed?.keys.put.map(({ key }) => key.id)).toEqual(['changes', 'comes'])
    expect(handed?.keys.removed).toContain('goes')
    expect([...other.keys].map(([id, { key }]) => [id, key.name])).toEqual([
      ['stays', 'Old'],
      ['changes', 'New'],
      ['comes', 'Here'],
    ])
    await other.write(stored('changes', 'Newer'))
    await one.store.catchUp()
    expect(one.keys.get('changes')?.key.name).toBe('Newer')
  })

  test('what is read before the rooms are there is not lost', async () => {
    const { openShared } = await import('../contract/stores.ts')
    const late = await openShared(url, 'late:/data')
    closing.push(() => late.close())
    await late.persons.load()
    await one.store.persons.put(person('ada'))
    await one.write(stored('key', 'Key'))
    // Its memory does not have her yet, so this makes it read what others have changed.
    await expect(late.persons.put(person('ada'))).rejects.toMatchObject({ code: 'changed_elsewhere' })
    const handed: ForeignRows[] = []
    late.follow((rows) => void handed.push(rows))
    await late.catchUp()
    expect(handed.flatMap(({ keys }) => keys.put)).toHaveLength(1)
    expect(handed.flatMap(({ persons }) => persons.put)).toHaveLength(1)
  })

  test('a later change counts more than an earlier one whose answer comes later', async () => {
    const proxy: HoldingProxy = await startHoldingProxy(url)
    const slow = await openGateway(proxy.url, 'slow:/data')
    closing.push(
      () => slow.store.close(),
      () => proxy.close(),
    )
    await slow.write(stored('key', 'Old'))
    await one.store.catchUp()
    const committed = proxy.hold('COMMIT')
    const renamed = slow.write(stored('key', 'Renamed'))
    await committed
    await until(async () => {
      await one.store.catchUp()
      return namesOf(one)[0] === 'Renamed'
    }, 'the change at another gateway')
    const disabled = storedKey('key', { name: 'Renamed', enabled: false })
    await one.write(disabled)
    await slow.store.catchUp()
    expect(slow.keys.get('key')?.key.enabled).toBe(false)
    proxy.release()
    await renamed
    await until(() => slow.keys.get('key')?.key.enabled === false, 'the later change, again')
    await slow.write({ ...disabled, key: { ...disabled.key, name: 'After it' } })
  })

  test('a change that waits for its turn overwrites nothing that came meanwhile', async () => {
    const proxy = await startHoldingProxy(url)
    const slow = await openGateway(proxy.url, 'slow:/data')
    closing.push(
      () => slow.store.close(),
      () => proxy.close(),
    )
    await slow.write(stored('key', 'Old'))
    await one.store.catchUp()
    const begun = proxy.hold('BEGIN ISOLATION LEVEL READ COMMITTED')
    const renamed = slow.write(stored('key', 'Renamed'))
    await begun
    await one.write(storedKey('key', { name: 'Old', enabled: false }))
    await slow.store.catchUp()
    proxy.release()
    await expect(renamed).rejects.toMatchObject({ code: 'changed_elsewhere' })
    expect(slow.keys.get('key')?.key.enabled).toBe(false)
  })

  test('counts of both are added up, also while both write', async () => {
    const seen = (gateway: Gateway) =>
      gateway.handed.flatMap((rows) => rows.seen).reduce((sum, { requests }) => sum + requests, 0)
    const record = originRecord('https://example.org', { requests: 0, refused: 0 })
    await one.store.origins.put(record)
    await other.store.catchUp()
    const counted = [0, 0]
    const count = async (gateway: Gateway, at: 0 | 1) => {
      for (let round = 0; round < 25; round++) {
        counted[at] = (counted[at] ?? 0) + 2
        const writing = gateway.store.origins.touch([{ ...record, requests: (counted[at] ?? 0) + seen(gateway) }])
        await Promise.all([writing, gateway.store.catchUp()])
      }
    }
    await Promise.all([count(one, 0), count(other, 1)])
    await one.store.catchUp()
    await other.store.catchUp()
    expect([seen(one), seen(other)]).toEqual([50, 50])
    await one.store.close()
    one = await openGateway(url, 'one:/data')
    expect((await one.store.origins.load())[0]?.requests).toBe(100)
  })

  test('an origin that was forgotten does not come back by a count that is on its way', async () => {
    const record = originRecord('https://example.org')
    await one.store.origins.put(record)
    await other.store.catchUp()
    await one.store.origins.remove(record.origin)
    await other.store.origins.touch([{ ...record, requests: 9 }])
    await one.store.close()
    one = await openGateway(url, 'one:/data')
    expect(await one.store.origins.load()).toEqual([])
    await other.store.catchUp()
    await other.store.origins.touch([{ ...record, requests: 1, refused: 0 }])
    expect(await one.store.origins.load()).toEqual([{ ...record, requests: 1, refused: 0 }])
  })

  test('last uses of keys and sessions come from everywhere, and the latest one counts', async () => {
    await one.write(storedKey('key'))
    await one.store.sessions.put(storedSession('session'))
    await other.store.catchUp()
    await one.store.keys.touch(new Map([['key', NOW + 9]]))
    await other.store.keys.touch(new Map([['key', NOW + 5]]))
    await one.store.sessions.touch(new Map([['session', NOW + 7]]))
    other.handed.length = 0
    await other.store.catchUp()
    expect(other.handed.map(({ used }) => used)).toEqual([
      { keys: [{ id: 'key', at: NOW + 9 }], sessions: [{ id: 'session', at: NOW + 7 }] },
    ])
  })

  test('three gateways that change the same keys at random end with the same rows', async () => {
    const third = await openGateway(url, 'third:/data')
    closing.push(() => third.store.close())
    const gateways = [one, other, third]
    await Promise.all(gateways.map(({ store }) => store.start()))
    const change = async (gateway: Gateway, round: number) => {
      const id = `key-${(round * 7) % 5}`
      const isRemoval = round % 6 === 5
      await (isRemoval ? gateway.remove(id) : gateway.write(stored(id, `${gateways.indexOf(gateway)} ${round}`))).catch(
        (error: unknown) => expect(error).toMatchObject({ code: 'changed_elsewhere' }),
      )
    }
    await Promise.all(
      gateways.map(async (gateway) => {
        for (let round = 0; round < 40; round++) await change(gateway, round)
      }),
    )
    const fresh = await openGateway(url, 'fresh:/data')
    closing.push(() => fresh.store.close())
    const rowsOf = ({ keys }: Gateway) => [...keys].map(([id, { key }]) => `${id} ${key.name}`).sort()
    for (const gateway of gateways) {
      await gateway.store.catchUp()
      expect(rowsOf(gateway)).toEqual(rowsOf(fresh))
    }
  })

  test('a gateway that joins, and one that follows, sees two tables as they were at one moment', async () => {
    await one.store.persons.put(person('ada', { name: '0' }))
    await one.write(stored('key', '0'))
    let isOver = false
    const writing = withClient(url, async (client) => {
      await client.query('SET search_path = latchkey')
      for (let at = 1; !isOver; at++) {
        await client.query(`BEGIN; UPDATE change_counter SET n = n + 1; UPDATE persons SET name = '${at}', version = (SELECT n FROM change_counter);
          UPDATE keys SET name = '${at}', version = (SELECT n FROM change_counter);
          INSERT INTO changes SELECT n, kind, id, 0 FROM change_counter, (VALUES ('persons', 'person_ada'), ('keys', 'key')) AS row (kind, id); COMMIT`)
      }
    })
    for (let round = 0; round < 10; round++) {
      const joining = await openGateway(url, `joining-${round}:/data`)
      expect(namesOf(joining)).toEqual([...joining.persons.values()])
      await joining.store.close()
      await other.store.catchUp()
      expect(namesOf(other)).toEqual([...other.persons.values()])
    }
    isOver = true
    await writing
    expect(Number(namesOf(other)[0])).toBeGreaterThan(10)
  })
})
