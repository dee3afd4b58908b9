import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { moveStore } from '../../../src-main/app/store/move-store.ts'
import { openStore } from '../../../src-main/app/store/open-store.ts'
import type { StorePort } from '../../../src-main/app/store/store-port.ts'
import { MOVED_TABLES } from '../../../src-main/store/move/moved-tables.ts'
import { readPage } from '../../../src-main/usage/exchange-pages.ts'
import { QUARTER_MS } from '../../../src-shared/keys/stored.ts'
import { settingsSchema } from '../../../src-shared/settings/settings.ts'
import type { SummedBy } from '../../../src-shared/usage/usage-sums.ts'
import { type PostgresServer, startPostgres, whyNoPostgres, withClient } from '../../support/postgres.ts'
import { createTempDir, type TempDir } from '../../support/temp-dir.ts'
import {
  exchange,
  NOW,
  originRecord,
  person,
  SILENT,
  storedCredential,
  storedInvitation,
  storedKey,
  storedSession,
} from '../fixtures.ts'

const reason = whyNoPostgres()
if (reason !== undefined) console.warn(`moving to PostgreSQL: skipped, because ${reason}`)

const QUARTER = Math.floor(NOW / QUARTER_MS)
const DAY_MS = 86_400_000
const LOG = { debug() {}, info() {}, ...SILENT }

describe.skipIf(reason !== undefined)('everything', () => {
  let server: PostgresServer
  let dir: TempDir
  let url: string
  let file: string
  let back: string
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.remove())
  beforeEach(async () => {
    dir = await createTempDir()
    url = await server.createDatabase()
    ;[file, back] = [join(dir.path, 'file'), join(dir.path, 'back')]
    for (const folder of [file, back, join(dir.path, 'box')]) await mkdir(folder, { mode: 0o700 })
  })
  afterEach(() => dir.remove())

  const open = (dataDir: string, database: string | null = null): Promise<StorePort> =>
    openStore({
      host: {
        dataDir,
        lockDir: dataDir,
        version: '1.2.3',
        log: LOG,
        database: database === null ? null : { url: database },
      },
      now: () => NOW,
      settings: () => settingsSchema.parse({}),
    })
  const shared = () => open(join(dir.path, 'box'), url)
  const within = async <T>(opening: Promise<StorePort>, work: (store: StorePort) => Promise<T>) => {
    const store = await opening
    try {
      return await work(store)
    } finally {
      await store.close()
    }
  }
  const common = { program: '1.2.3', now: () => NOW, log: LOG, onProgress: () => undefined }
  const toDatabase = (onProgress: Parameters<typeof moveStore>[0]['onProgress'] = () => undefined) =>
    moveStore({ ...common, onProgress, from: { dataDir: file, database: null }, to: { url } })
  const toFile = (to = back) => moveStore({ ...common, from: { dataDir: file, database: { url } }, to })

  /** Three days of usage, half of it rolled up, some of it only summed. */
  async function fill(store: StorePort): Promise<void> {
    await store.arrivals.insert({
      persons: [person('ada', { picture: 'data:image/png;base64,AA==', hours: ['08:00-20:00'] })],
      keys: [storedKey('key-1', { person: 'person_ada' }), { ...storedKey('key-2'), deletedAt: NOW }],
      origins: [
        originRecord('https://example.org', { label: 'Beispiel – ü' }),
        originRecord('null', { decidedBy: null, status: 'pending' }),
      ],
    })
    await store.invitations.put(storedInvitation('one'))
    await store.invitations.put(storedInvitation('again', { person: 'person_ada', preset: 'none' }))
    await store.credentials.put(storedCredential('one'))
    await store.sessions.put(storedSession('one'))
    await store.audit.add({
      time: NOW,
      actor: 'console',
      person: null,
      address: null,
      action: 'key.create',
      subject: 'key-1',
      label: 'Key',
      fields: ['name'],
    })
    const exchanges = Array.from({ length: 300 }, (_, at) =>
      exchange(`x-${at}`, {
        time: NOW - (at % 3) * DAY_MS - at * 1000,
        keyId: ['key-1', 'key-2', null][at % 3] ?? null,
        model: ['llama3', 'qwen', 'a\u0000b', 'a\ufffdb', null][at % 5] ?? null,
        origin: at % 2 === 0 ? 'https://example.org' : null,
        durationMs: at + 0.5,
        firstByteMs: at % 7 === 0 ? null : at / 4,
        outcome: at % 11 === 0 ? 'refused' : 'ok',
        reason: at % 11 === 0 ? 'key_disabled' : null,
      }),
    )
    await store.usage.append(exchanges.slice(0, 200), exchanges.slice(200))
    while (await store.usage.rollUp(QUARTER - 50));
    await store.usage.append([exchange('last')], [])
  }

  /** Everything that can be read through a store. */
  async function readAll(store: StorePort) {
    const kinds = ['keys', 'origins', 'invitations', 'credentials', 'sessions'] as const
    const rows = Object.fromEntries(
      await Promise.all(kinds.map(async (kind) => [kind, await store[kind].load()] as const)),
    )
    const persons = (await store.persons.load()).map((one) => ({ ...one, createdAt: 0 }))
    const sums = []
    for (const by of ['model', 'key', 'origin', 'route', 'all'] as const satisfies SummedBy[]) {
      const times = await store.usage.times(by, 0, QUARTER + 10)
      sums.push(
        times
          .map(({ value, firstByte, duration, ...rest }) => [
            by,
            plain(value),
            rest,
            firstByte.quantile(0.9),
            duration.quantile(0.5),
          ])
          .sort(byText),
      )
    }
    const models = (await store.usage.keyModels(0, QUARTER + 10))
      .map((row) => JSON.stringify(row).replaceAll('\\u0000', '?'))
      .sort()
    const page = (await readPage(store.usage, { limit: 1000 })).map((one) => ({ ...one, model: plain(one.model) }))
    const [total] = await store.usage.sums('all', 0, QUARTER + 10)
    return {
      rows,
      persons,
      sums,
      requests: total?.requests,
      models: models.length,
      page,
      audit: await store.audit.list(100, undefined),
    }
  }

  test('is the same in a database, and in a file again', async () => {
    await within(open(file), fill)
    const before = await within(open(file), readAll)
    expect(before.page).toHaveLength(201)
    const moved = await toDatabase()
    expect(moved).toMatchObject({ persons: 2, keys: 2, key_secrets: 2, exchanges: 201, audit: 1 })
    expect(await within(shared(), readAll)).toEqual(before)
    expect(await within(open(file), readAll)).toEqual(before)
    expect(await toFile()).toEqual(moved)
    expect(await within(open(back), readAll)).toEqual(before)
    expect(await within(shared(), readAll)).toEqual(before)
  })

  test('goes on where it is: new rows, changes and usage', async () => {
    await within(open(file), fill)
    await toDatabase()
    await within(shared(), async (store) => {
      const [first] = (await store.keys.load()) as [ReturnType<typeof storedKey>]
      await store.keys.replace({ ...first, key: { ...first.key, name: 'Renamed' } })
      await store.keys.insert(storedKey('new'))
      await store.audit.add({
        time: NOW,
        actor: 'console',
        person: null,
        address: null,
        action: 'key.create',
        subject: 'new',
        label: null,
        fields: [],
      })
      await store.usage.append(
        [exchange('new', { model: 'new model' }), exchange('old', { time: NOW - 2 * DAY_MS })],
        [],
      )
    })
    const before = await within(shared(), readAll)
    expect(before.audit.map(({ subject }) => subject)).toEqual(['new', 'key-1'])
    expect(before.page).toHaveLength(203)
    await toFile()
    expect(await within(open(back), readAll)).toEqual(before)
    await within(open(back), async (store) => {
      await store.keys.insert(storedKey('newest'))
      await store.usage.append([exchange('newest')], [])
      while (await store.usage.rollUp(QUARTER + 1));
    })
    const after = await within(open(back), readAll)
    expect(after.page).toHaveLength(204)
    const requests = (all: typeof before) => all.requests
    expect([requests(before), requests(after)]).toEqual([303, 304])
  })

  test('stays where it is if there is data already', async () => {
    await within(open(file), fill)
    await within(shared(), (store) => store.keys.insert(storedKey('here')))
    await expect(toDatabase()).rejects.toMatchObject({ code: 'move_not_empty' })
    await within(open(back), (store) => store.origins.put(originRecord('https://here.example')))
    await expect(toFile()).rejects.toMatchObject({ code: 'move_not_empty' })
    expect((await within(shared(), (store) => store.keys.load())).map(({ key }) => key.id)).toEqual(['here'])
  })

  test('stays where it is while Latchkey runs on either side', async () => {
    await within(open(file), async () => {
      await expect(toDatabase()).rejects.toMatchObject({ code: 'already_running' })
    })
    await within(shared(), async () => {
      await expect(toDatabase()).rejects.toMatchObject({
        code: 'move_gateways',
        message: expect.stringContaining('/box)'),
      })
      await expect(toFile()).rejects.toMatchObject({ code: 'move_gateways' })
    })
    await expect(toFile()).resolves.toMatchObject({ keys: 0 })
  })

  test('stays where it is if the move is interrupted, and can be moved again', async () => {
    await within(open(file), fill)
    const stop = () => {
      throw new Error('interrupted')
    }
    await expect(toDatabase(({ table }) => table === 'exchanges' && stop())).rejects.toThrow('interrupted')
    const rows = await withClient(url, (client) =>
      client.query('SELECT FROM latchkey.keys UNION ALL SELECT FROM latchkey.terms'),
    )
    expect(rows.rowCount).toBe(0)
    // The server ends the connection in the middle.
    const end = () =>
      void server.sql(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'INSERT INTO exchanges%'`,
      )
    await toDatabase(({ table }) => table === 'exchanges' && end()).catch(() => undefined)
    const keys = await withClient(url, (client) => client.query('SELECT FROM latchkey.keys'))
    if (keys.rowCount === 0) await toDatabase()
    expect((await within(shared(), (store) => store.keys.load())).length).toBe(2)
  })

  test('moves only between a file and a database', async () => {
    await expect(moveStore({ ...common, from: { dataDir: file, database: null }, to: back })).rejects.toMatchObject({
      code: 'move_same_kind',
    })
    await expect(
      moveStore({ ...common, from: { dataDir: file, database: { url } }, to: { url } }),
    ).rejects.toMatchObject({ code: 'move_same_kind' })
  })

  test('in each table has the same columns in both stores, and no table is left out', async () => {
    await within(open(file), async () => undefined)
    await within(shared(), async () => undefined)
    const db = new Database(join(file, 'latchkey.db'))
    const own = db
      .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'`)
      .pluck()
      .all()
    db.close()
    expect(own.filter((name) => !MOVED_TABLES.some((table) => table === name))).toEqual([
      'dimension_sums',
      'sums_reach',
      'sums_written',
    ])
    await expect(toDatabase()).resolves.toBeDefined()
  })
})

/** PostgreSQL stores no NUL. */
function plain(text: string | null): string | null {
  return text?.replace('a\u0000b', 'odd').replace(/^a\ufffdb.*$/, 'odd') ?? null
}

function byText(one: unknown, other: unknown): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1
}
