import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkedAddresses } from '../../../src-main/store/postgres/connection/address.ts'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../../support/postgres.ts'
import { openSharedStore, type SharedStore } from '../../support/shared-store.ts'
import { type Standby, startStandby } from '../../support/standby.ts'
import { until } from '../../support/until.ts'
import { storedKey } from '../fixtures.ts'

const reason = whyNoPostgres()
if (reason !== undefined) console.log(`skipped: a failover of PostgreSQL: ${reason}`)

describe.skipIf(reason !== undefined)('a failover of PostgreSQL', () => {
  let primary: PostgresServer
  let standby: Standby
  let url: string
  const opened: SharedStore[] = []

  beforeEach(async () => {
    primary = await startPostgres()
    const one = new URL(await primary.createDatabase())
    standby = await startStandby(primary)
    url = `postgres://postgres@127.0.0.1:${primary.port},127.0.0.1:${standby.port}${one.pathname}`
  })
  afterEach(async () => {
    for (const { store } of opened.splice(0)) await store.close()
    await standby?.remove()
    await primary?.remove()
  })

  const open = async (address = url) => {
    const shared = await openSharedStore(address)
    opened.push(shared)
    return shared
  }

  it('is survived by all gateways on their own, and nothing confirmed is lost', async () => {
    const gateways = [await open(), await open()]
    const confirmed: string[] = []
    let isOver = false
    const writing = gateways.map(async ({ store }, at) => {
      for (let number = 0; !isOver; number++) {
        const id = `${at}-${number}`
        await store.keys.insert(storedKey(id)).then(
          () => confirmed.push(id),
          () => new Promise((resolve) => setTimeout(resolve, 20)),
        )
      }
    })
    await until(() => confirmed.length > 100, 'some keys')
    await primary.kill()
    const before = confirmed.length
    await standby.promote()
    await until(() => confirmed.length > before + 100, 'more keys, on the other server')
    isOver = true
    await Promise.all(writing)
    const { rows } = await standby.sql(
      'SELECT id FROM latchkey.keys',
      new URL(url.replace(/,[^/]*/, '')).pathname.slice(1),
    )
    const there = new Set((rows as { id: string }[]).map(({ id }) => id))
    expect(confirmed.filter((id) => !there.has(id))).toEqual([])
  })

  it('never goes back to the old server, which comes up again without knowing', async () => {
    const [gateway] = [await open()]
    await primary.kill()
    await standby.promote()
    const save = (id: string) =>
      gateway.store.keys.insert(storedKey(id)).then(
        () => true,
        () => false,
      )
    await until(() => save('one'), 'the first key on the other server')
    // Takes writes, too, and waits for no standby: two servers that both think they are the only one.
    await primary.start()
    await primary.sql("ALTER SYSTEM SET synchronous_standby_names = ''")
    await primary.sql('SELECT pg_reload_conf()')
    await standby.stop()
    await until(() => gateway.events.at(-1) === 'away', 'the gateway to notice')
    expect(await save('two')).toBe(false)
    await standby.start()
    await until(() => save('three'), 'a key on the server that was promoted')
  })

  it('is not needed to find the server that takes writes among those in the address', async () => {
    const [one, two] = [primary.port, standby.port]
    const gateway = await open(url.replace(`${one},127.0.0.1:${two}`, `${two},127.0.0.1:${one}`))
    await gateway.store.keys.insert(storedKey('one'))
  })
})

describe('the address of a database', () => {
  it('may name several servers, each with the rule for TLS', () => {
    expect(
      checkedAddresses('postgres://user:p%40ss@127.0.0.1:1,db.example:2,[::1]/latchkey?application_name=x'),
    ).toEqual([
      'postgres://user:p%40ss@127.0.0.1:1/latchkey?application_name=x',
      'postgres://user:p%40ss@db.example:2/latchkey?application_name=x&sslmode=verify-full',
      'postgres://user:p%40ss@[::1]/latchkey?application_name=x',
    ])
    expect(checkedAddresses('postgresql:///latchkey?host=/run/postgresql')).toEqual([
      'postgresql:///latchkey?host=/run/postgresql',
    ])
  })

  it.each([
    '',
    'latchkey',
    'mysql://a/b',
    'postgres://a',
    'postgres://a/',
    'postgres://a,/b',
    'postgres://a:x/b',
    'postgres://,a/b',
  ])('is refused with a sentence if it is %j', (text) => {
    expect(() => checkedAddresses(text)).toThrow(expect.objectContaining({ code: 'database_address_wrong' }))
  })
})
