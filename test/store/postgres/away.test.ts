import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ForeignRows } from '#shared/records/foreign-rows.ts'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../../support/postgres.ts'
import { GRACE_MS, openSharedStore, type SharedStore } from '../../support/shared-store.ts'
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts'
import { until } from '../../support/until.ts'
import { storedKey } from '../fixtures.ts'

const reason = whyNoPostgres()
if (reason !== undefined) console.log(`skipped: a database that is away: ${reason}`)

describe.skipIf(reason !== undefined)('a database that is away', () => {
  let server: PostgresServer
  let url: string
  let proxy: TcpProxy
  const opened: SharedStore[] = []

  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.remove())
  beforeEach(async () => {
    url = await server.createDatabase()
    proxy = await startTcpProxy(server.port)
  })
  afterEach(async () => {
    server.resume()
    for (const { store } of opened.splice(0)) await store.close()
    await proxy.close()
  })

  const open = async (address = proxy.through(url)) => {
    const shared = await openSharedStore(address)
    opened.push(shared)
    return shared
  }
  const told = async ({ events }: SharedStore, kind: string) =>
    until(() => events.includes(kind), `the store to tell “${kind}”`)
  const keysOf = ({ events }: SharedStore) =>
    events.filter((event): event is ForeignRows => typeof event !== 'string').flatMap(({ keys }) => keys.put)
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: { code?: string }) => error.code,
    )

  it('leaves the gateway open for the time of grace, and then closes it', async () => {
    const gateway = await open()
    proxy.mode('refuse')
    proxy.cut()
    await told(gateway, 'away')
    gateway.sleep(GRACE_MS - 10_000)
    expect(gateway.store.isOpen).toBe(true)
    expect(gateway.store.notices()).toMatchObject([{ code: 'database_lost', parts: { minutes: '5' } }])
    gateway.sleep(11_000)
    expect(gateway.store.isOpen).toBe(false)
    await told(gateway, 'closed')
    expect(gateway.store.notices()).toMatchObject([{ code: 'database_closed' }])
  })

  it('is caught up with before the gateway opens again', async () => {
    const [gateway, other] = [await open(), await open(url)]
    await other.store.keys.insert(storedKey('one'))
    await until(() => keysOf(gateway).length === 1, 'the new key')
    proxy.mode('refuse')
    proxy.cut()
    await told(gateway, 'away')
    gateway.sleep(2 * GRACE_MS)
    await told(gateway, 'closed')
    await other.store.keys.replace(storedKey('one', { enabled: false }))
    let isOpenAtLast = true
    gateway.store.follow(() => void (isOpenAtLast = gateway.store.isOpen))
    proxy.mode('pass')
    await told(gateway, 'here')
    expect(isOpenAtLast).toBe(false)
    expect(keysOf(gateway).at(-1)?.key.enabled).toBe(false)
    expect(gateway.events.at(-1)).toBe('here')
    expect([gateway.store.isOpen, gateway.store.notices()]).toEqual([true, []])
  })

  it.each(['process', 'computer'] as const)(
    'closes a gateway whose %s slept for too long before any timer runs',
    async (who) => {
      const gateway = await open()
      gateway.sleep(2 * GRACE_MS, who)
      expect(gateway.store.isOpen).toBe(false)
      await until(() => gateway.store.isOpen, 'the next look at the database')
    },
  )

  it('counts as away at once without a time of grace', async () => {
    const gateway = await openSharedStore(proxy.through(url), { graceMs: () => 0 })
    opened.push(gateway)
    expect(gateway.store.isOpen).toBe(true)
    proxy.mode('refuse')
    proxy.cut()
    await told(gateway, 'closed')
    expect(gateway.store.isOpen).toBe(false)
  })

  it('is not waited for by changes', async () => {
    const gateway = await open()
    proxy.mode('blackhole')
    await told(gateway, 'away')
    const begun = performance.now()
    expect(await codeOf(gateway.store.keys.insert(storedKey('one')))).toBe('database_away')
    // A statement that waited would be given up after 15 s.
    expect(performance.now() - begun).toBeLessThan(5_000)
  })

  it('leaves no connections behind that hang, however long it hangs', async () => {
    const gateway = await open()
    proxy.mode('blackhole')
    const asked = Array.from({ length: 30 }, () => codeOf(gateway.store.audit.list(10, undefined)))
    await told(gateway, 'away')
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['database_away']))
    const more = Array.from({ length: 30 }, () => codeOf(gateway.store.audit.list(10, undefined)))
    expect(new Set(await Promise.all(more))).toEqual(new Set(['database_away']))
    // Six in the pool, one that listens, one that looks.
    expect(proxy.open).toBeLessThanOrEqual(8)
    proxy.mode('pass')
    await told(gateway, 'here')
    expect(await codeOf(gateway.store.audit.list(10, undefined))).toBe('done')
  })

  it('tells when a change may or may not be saved, and then reads what is so', async () => {
    const gateway = await open()
    const swallowed = proxy.swallowAnswerTo('COMMIT\0')
    const saved = codeOf(gateway.store.keys.insert(storedKey('one')))
    await swallowed
    expect(await saved).toBe('database_unsure')
    await until(() => keysOf(gateway).length > 0, 'the key that was saved nevertheless')
  })

  it('reads a row again of which it is not sure, also if it was not changed', async () => {
    const gateway = await open()
    await gateway.store.keys.insert(storedKey('one'))
    // As an answer to COMMIT that was lost, of a server that had not received it.
    const database = new URL(url).pathname.slice(1)
    await server.sql(
      `SET search_path = latchkey; CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
       CREATE CONSTRAINT TRIGGER fail AFTER UPDATE ON keys DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()`,
      database,
    )
    expect(await codeOf(gateway.store.keys.replace(storedKey('one', { enabled: false })))).toBe('database_unsure')
    await until(() => keysOf(gateway).length > 0, 'the key as it is')
    expect(keysOf(gateway).map(({ key }) => key.enabled)).toEqual([true])
  })

  it('survives answers that end in the middle', async () => {
    const gateway = await open()
    for (const bytes of [1, 40, 300]) {
      proxy.cutAnswersAfter(bytes)
      expect(await codeOf(gateway.store.audit.list(10, undefined))).toBe('database_away')
    }
    proxy.cutAnswersAfter(undefined)
    await until(async () => (await codeOf(gateway.store.keys.insert(storedKey('one')))) === 'done', 'a saved key')
  })

  it('survives a server that ends all its connections again and again', async () => {
    const gateway = await open()
    let saved = 0
    for (let round = 0; round < 20; round++) {
      const save = codeOf(gateway.store.keys.insert(storedKey(`${round}`)))
      await server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'Latchkey%'")
      const code = await save
      if (code === 'done') saved += 1
      else expect(code).toMatch(/^database_(away|unsure)$/)
    }
    await until(async () => (await codeOf(gateway.store.keys.insert(storedKey('last')))) === 'done', 'a saved key')
    const { rows } = await server.sql('SELECT count(*)::int AS n FROM latchkey.keys', new URL(url).pathname.slice(1))
    expect((rows as { n: number }[])[0]?.n).toBeGreaterThan(saved)
  })

  it('survives a server that is killed, paused, or stopped', async () => {
    const gateway = await open(url)
    for (const [end, again] of [
      [() => server.kill(), () => server.start()],
      [() => server.stop(), () => server.start()],
      [async () => server.pause(), async () => server.resume()],
    ] as const) {
      gateway.events.length = 0
      await end()
      await told(gateway, 'away')
      await again()
      await told(gateway, 'here')
      expect(await codeOf(gateway.store.audit.list(10, undefined))).toBe('done')
    }
  })

  it('notices that the database has lost changes, and reads everything anew', async () => {
    const [gateway, other] = [await open(), await open(url)]
    for (const id of ['one', 'two']) await other.store.keys.insert(storedKey(id))
    await until(() => keysOf(gateway).length === 2, 'both keys')
    // As after a standby took over that had not received the last change, and somebody changed something else.
    const database = new URL(url).pathname.slice(1)
    await server.sql(
      `SET search_path = latchkey; DELETE FROM key_secrets WHERE key_id = 'two'; DELETE FROM keys WHERE id = 'two';
       UPDATE changes SET id = 'one', time = time + 1 WHERE n = (SELECT n FROM change_counter);
       UPDATE keys SET enabled = 0, version = (SELECT n FROM change_counter) WHERE id = 'one'`,
      database,
    )
    await until(() => keysOf(gateway).some(({ key }) => !key.enabled), 'the other change')
    const removed = gateway.events.flatMap((event) => (typeof event === 'string' ? [] : event.keys.removed))
    expect(removed).toEqual(['two'])
    expect(gateway.warnings.join()).toContain('has lost changes')
  })
})
