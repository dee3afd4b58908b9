import { Database } from '../../../src-main/store/postgres/connection/database.ts'
import { MIGRATIONS } from '../../../src-main/store/postgres/migrations/all.ts'
import { migrate } from '../../../src-main/store/postgres/migrations/migrate.ts'
import { SharedUsage } from '../../../src-main/store/postgres/usage/shared-usage.ts'
import type { UsageStore } from '../../../src-main/usage/ports.ts'
import { SharedSums } from '../../../src-main/usage/shared-sums/shared-sums.ts'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../../support/postgres.ts'
import { createTempDir } from '../../support/temp-dir.ts'
import { WITHOUT_DISK } from '../../support/without-disk.ts'
import { open, SILENT } from '../fixtures.ts'

/** Usage of one store. */
export interface OpenUsage {
  /** As three gateways see it. On SQLite, which only one may use, they are the same. The first one does the upkeep. */
  gateways(): readonly [UsageStore, UsageStore, UsageStore]
  /** Stops all gateways and starts them again. */
  restart(): Promise<void>
  close(): Promise<void>
}

export interface UsageSubject {
  readonly name: string
  /** undefined if it can run here. */
  readonly whyNot: string | undefined
  /** Of a test that makes up its cases: how many of them. */
  readonly runs: (most: number) => number
  start(): Promise<void>
  /** Empty usage. */
  open(): Promise<OpenUsage>
  stop(): Promise<void>
}

const sqlite: UsageSubject = {
  name: 'SQLite',
  whyNot: undefined,
  runs: (most) => most,
  async start() {},
  async open() {
    const dir = await createTempDir()
    let store = await open(dir.path)
    return {
      gateways: () => [store.usage, store.usage, store.usage],
      async restart() {
        await store.close()
        store = await open(dir.path)
      },
      async close() {
        await store.close()
        await dir.remove()
      },
    }
  },
  async stop() {},
}

/** A migrated database, and gateways on it. */
export async function openShared(url: string, writers: () => number): Promise<OpenUsage> {
  const connect = () => new Database({ url, applicationName: 'test', log: SILENT })
  const first = connect()
  await migrate(first, MIGRATIONS)
  await first.close()
  let databases: Database[] = []
  const begin = () => {
    databases = [connect(), connect(), connect()]
    return databases.map(
      (database, at) =>
        new SharedSums({
          rows: new SharedUsage(database),
          writer: writers(),
          isLeader: () => at === 0,
          ...WITHOUT_DISK,
        }),
    ) as unknown as readonly [UsageStore, UsageStore, UsageStore]
  }
  const end = () => Promise.all(databases.map((database) => database.close()))
  let gateways = begin()
  return {
    gateways: () => gateways,
    async restart() {
      await end()
      gateways = begin()
    },
    async close() {
      await end()
    },
  }
}

function postgres(): UsageSubject {
  let server: PostgresServer | undefined
  let writers = 0
  return {
    name: 'PostgreSQL',
    whyNot: whyNoPostgres(),
    // Each of them makes a database and hundreds of transactions.
    runs: (most) => Math.ceil(most / 3),
    async start() {
      server = await startPostgres()
    },
    async open() {
      return openShared((await server?.createDatabase()) ?? '', () => ++writers)
    },
    async stop() {
      await server?.remove()
    },
  }
}

export const USAGE_SUBJECTS: readonly UsageSubject[] = [sqlite, postgres()]
