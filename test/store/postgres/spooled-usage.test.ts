import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Database } from '../../../src-main/store/postgres/connection/database.ts'
import { MIGRATIONS } from '../../../src-main/store/postgres/migrations/all.ts'
import { migrate } from '../../../src-main/store/postgres/migrations/migrate.ts'
import { SharedUsage } from '../../../src-main/store/postgres/usage/shared-usage.ts'
import { readPage } from '../../../src-main/usage/exchange-pages.ts'
import { SharedSums } from '../../../src-main/usage/shared-sums/shared-sums.ts'
import { SpoolFile } from '../../../src-main/usage/spool/spool-file.ts'
import type { Exchange } from '../../../src-shared/gateway/exchange.ts'
import { QUARTER_MS } from '../../../src-shared/keys/stored.ts'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../../support/postgres.ts'
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts'
import { createTempDir, type TempDir } from '../../support/temp-dir.ts'
import { WITHOUT_DISK } from '../../support/without-disk.ts'
import { exchange, NOW, SILENT } from '../fixtures.ts'

const reason = whyNoPostgres()
if (reason !== undefined) console.log(`skipped: usage that waits for the database: ${reason}`)

const QUARTER = Math.floor(NOW / QUARTER_MS)

describe.skipIf(reason !== undefined)('usage that waits for the database', () => {
  let server: PostgresServer
  let proxy: TcpProxy
  let dir: TempDir
  let url: string
  let writers = 0
  let number = 0
  let closers: (() => Promise<unknown>)[] = []

  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.remove())
  beforeEach(async () => {
    closers = []
    proxy = await startTcpProxy(server.port)
    dir = await createTempDir()
    url = proxy.through(await server.createDatabase())
    const database = open()
    await migrate(database, MIGRATIONS)
  })
  afterEach(async () => {
    for (const close of closers.reverse()) await close()
    await proxy.close()
    await dir.remove()
  })

  function open(): Database {
    const database = new Database({ url, applicationName: 'test', log: SILENT })
    closers.push(() => database.close())
    return database
  }

  /** A run of a gateway. Without `close`, it is as after a kill. */
  async function run(maxBytes = 1_000_000) {
    const database = open()
    const spool = await SpoolFile.open({ path: join(dir.path, 'usage-spool'), maxBytes, log: SILENT })
    const contact = { isAway: false }
    const sums = new SharedSums({
      rows: new SharedUsage(database),
      writer: ++writers,
      isLeader: () => false,
      spool,
      isAway: () => contact.isAway,
      log: SILENT,
    })
    const close = () => sums.close()
    return { sums, spool, contact, close }
  }

  /** A gateway that can reach the database. */
  function shared() {
    return new SharedSums({ rows: new SharedUsage(open()), writer: ++writers, isLeader: () => false, ...WITHOUT_DISK })
  }

  const some = (count: number) => Array.from({ length: count }, () => exchange(`x-${number++}`))
  const requestsIn = async (sums: SharedSums) => (await sums.sums('all', 0, QUARTER + 1))[0]?.requests ?? 0
  const idsIn = async (sums: SharedSums) => (await readPage(sums, { limit: 1000 })).map(({ id }) => id)

  it('is written when it is back, in order and once, and what comes meanwhile is written behind it', async () => {
    const { sums, spool, contact, close } = await run()
    proxy.mode('refuse')
    proxy.cut()
    contact.isAway = true
    const written = [some(3), some(2), some(4)]
    for (const batch of written) await sums.append(batch, [])
    expect(spool.waiting).toBe(3)
    proxy.mode('pass')
    contact.isAway = false
    const later = some(5)
    await Promise.all([sums.replay(), sums.append(later, some(1))])
    await sums.replay()
    expect([spool.waiting, await requestsIn(sums)]).toEqual([0, 15])
    expect((await idsIn(sums)).toSorted()).toEqual([...written.flat(), ...later].map(({ id }) => id).toSorted())
    await close()
  })

  it('survives the end of the process, and is written by the next one under its old number', async () => {
    const killed = await run()
    await killed.sums.append(some(2), [])
    killed.contact.isAway = true
    await killed.sums.append(some(3), some(1))
    await killed.sums.append(some(1), [])
    const next = await run()
    await next.sums.append(some(2), [])
    await next.sums.replay()
    expect(await requestsIn(next.sums)).toBe(9)
    // As if it had been killed before it could empty the file.
    killed.contact.isAway = false
    await killed.sums.replay()
    expect(await requestsIn(next.sums)).toBe(9)
    await next.close()
    await killed.close()
  })

  it.each([
    ['a key', { keyId: 'gone' }, ['other key', 'another site']],
    ['a site', { origin: 'https://gone.example' }, ['other key', 'its key']],
    ['everything', 'everything', []],
  ] as const)('does not bring back %s that was forgotten at another gateway meanwhile', async (_, what, left) => {
    const [away, other] = [await run(), shared()]
    const at = (id: string, changes: Partial<Exchange>, later = 0) =>
      exchange(id, { time: Date.now() + later, keyId: 'stays', origin: 'https://stays.example', ...changes })
    await other.append([at('before', { keyId: 'gone', origin: 'https://gone.example' })], [])
    away.contact.isAway = true
    await away.sums.append(
      [
        at('other key', { keyId: 'other' }),
        at('its key', { keyId: 'gone' }),
        at('another site', { origin: 'https://gone.example' }),
      ],
      [at('only summed', { keyId: 'gone', origin: 'https://gone.example' })],
    )
    await other.forget(what, QUARTER + 1)
    // Usage after that is new.
    const later = at('later', { keyId: 'gone', origin: 'https://gone.example' }, 60_000)
    await away.sums.append([later], [])
    away.contact.isAway = false
    await away.sums.replay()
    expect((await idsIn(other)).toSorted()).toEqual([...left, 'later'].toSorted())
    const sums = await other.sums('all', 0, Math.floor(Date.now() / QUARTER_MS) + 2)
    expect(sums.map(({ requests }) => requests)).toEqual([left.length + 1])
    await away.close()
  })

  it('leaves no trace of a forgotten key that nobody has used since', async () => {
    const [away, other] = [await run(), shared()]
    away.contact.isAway = true
    await away.sums.append([exchange('x', { time: Date.now(), keyId: 'gone' })], [])
    await other.forget({ keyId: 'gone' }, QUARTER + 1)
    away.contact.isAway = false
    await away.sums.replay()
    expect([away.spool.waiting, await idsIn(other), await other.hasTraces({ keyId: 'gone' })]).toEqual([0, [], false])
    await away.close()
  })

  it.each(['BEGIN', 'UPDATE usage_writers', 'COMMIT'])(
    'is written once if the connection broke before the answer to %s',
    async (statement) => {
      const { sums, close } = await run()
      await sums.append(some(1), [])
      void proxy.swallowAnswerTo(statement)
      await sums.append(some(2), some(1))
      await sums.append(some(1), [])
      await sums.replay()
      expect(await requestsIn(sums)).toBe(5)
      expect(new Set(await idsIn(sums)).size).toBe(4)
      await close()
    },
  )

  it('is refused if the file is full, and what waits is still written', async () => {
    const { sums, contact, close } = await run(3000)
    contact.isAway = true
    await sums.append(some(3), [])
    const refused = some(30)
    await expect(sums.append(refused, [])).rejects.toMatchObject({ code: 'database_away' })
    contact.isAway = false
    await sums.replay()
    await sums.append(refused, [])
    expect(await requestsIn(sums)).toBe(33)
    await close()
  })

  it('is dropped and counted if the database refuses it again and again, and does not hold up what is behind it', async () => {
    const { sums, spool, contact, close } = await run()
    contact.isAway = true
    await sums.append([...some(2), exchange('too-much', { status: 2 ** 40 })], [])
    await sums.append(some(4), [])
    contact.isAway = false
    while (spool.waiting > 0) await sums.replay()
    expect([sums.dropped(), await requestsIn(sums)]).toEqual([3, 4])
    await close()
  })

  it('is written before anything is forgotten', async () => {
    const { sums, contact, close } = await run()
    const gone = exchange('gone', { keyId: 'gone' })
    contact.isAway = true
    await sums.append([gone], [])
    await expect(sums.forget({ keyId: 'gone' }, QUARTER)).rejects.toMatchObject({ code: 'database_away' })
    contact.isAway = false
    expect(await sums.forget({ keyId: 'gone' }, QUARTER)).toBe(1)
    expect(await idsIn(sums)).toEqual([])
    await close()
  })
})
