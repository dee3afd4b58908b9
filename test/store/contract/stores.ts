import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest'
import type { StorePort } from '../../../src-main/app/store/store-port.ts'
import { openPostgresStore, type PostgresStore } from '../../../src-main/store/postgres/postgres-store.ts'
import { openSqliteStore } from '../../../src-main/store/sqlite/sqlite-store.ts'
import { type PostgresServer, startPostgres, whyNoPostgres, withClient } from '../../support/postgres.ts'
import { createTempDir } from '../../support/temp-dir.ts'
import { NOW, SILENT } from '../fixtures.ts'

/** What both stores have, apart from usage. */
export type CommonStore = Omit<StorePort, 'usage'>

/** Where the rows are: they stay when the store is closed. */
interface Home {
  open(): Promise<CommonStore>
  /** Changes rows behind the store's back. Names without a schema are those of the store. */
  sql(text: string): Promise<void>
  remove(): Promise<void>
}

/** The store of the running test. */
export interface Subject {
  readonly store: CommonStore
  /** Closes the store and opens it again. */
  reopen(): Promise<CommonStore>
  sql(text: string): Promise<void>
}

const KINDS = ['persons', 'credentials', 'invitations', 'keys', 'origins', 'sessions'] as const
const WHY_NO_POSTGRES = whyNoPostgres()

/** The same tests for each store, word for word. Each test has an empty store. */
export function forEachStore(name: string, tests: (subject: Subject) => void): void {
  describe(`${name} in SQLite`, () => tests(subjectOf(sqliteHome)))
  if (WHY_NO_POSTGRES !== undefined) console.warn(`${name} in PostgreSQL: skipped, because ${WHY_NO_POSTGRES}`)
  describe.skipIf(WHY_NO_POSTGRES !== undefined)(`${name} in PostgreSQL`, () => {
    let server: PostgresServer
    beforeAll(async () => {
      server = await startPostgres()
    })
    afterAll(() => server.remove())
    tests(subjectOf(() => postgresHome(server)))
  })
}

function subjectOf(makeHome: () => Promise<Home>): Subject {
  let home: Home
  let store: CommonStore
  beforeEach(async () => {
    home = await makeHome()
    store = await home.open()
  })
  afterEach(async () => {
    await store.close()
    await home.remove()
  })
  return {
    get store() {
      return store
    },
    async reopen() {
      await store.close()
      store = await home.open()
      return store
    },
    sql: (text) => home.sql(text),
  }
}

async function sqliteHome(): Promise<Home> {
  const dir = await createTempDir()
  return {
    open: () => openSqliteStore({ dataDir: dir.path, now: () => NOW, log: SILENT }),
    async sql(text) {
      const db = new Database(join(dir.path, 'latchkey.db'))
      db.exec(text)
      db.close()
    },
    remove: () => dir.remove(),
  }
}

async function postgresHome(server: PostgresServer): Promise<Home> {
  const url = await server.createDatabase()
  return {
    async open() {
      const store = await openShared(url)
      // As rooms do. What they read comes from one moment, and what they write changes it.
      for (const kind of KINDS) await store[kind].load()
      return store
    },
    sql: (text) =>
      withClient(url, async (client) => {
        await client.query(`SET search_path = latchkey; ${text}`)
      }),
    remove: async () => undefined,
  }
}

/** A gateway's store on a database, without its rooms. */
export function openShared(url: string, name = 'box:/data'): Promise<PostgresStore> {
  return openPostgresStore({
    url,
    gateway: { name, program: '1.2.3', timeZone: 'Europe/Berlin', settings: () => ({}) },
    graceMs: () => 300_000,
    now: () => NOW,
    monotonic: () => performance.now(),
    random: Math.random,
    log: SILENT,
    onClosed: () => undefined,
  })
}
