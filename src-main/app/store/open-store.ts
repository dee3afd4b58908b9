import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Settings } from '#shared/settings/settings.ts'
import type { Host } from '../../base/host.ts'
import type { SharedFigures } from '../../observability/shared-figures.ts'
import { fingerprintsOf } from '../../settings/shared-settings.ts'
import type { PostgresStore } from '../../store/postgres/postgres-store.ts'
import { lockDataDir } from '../../store/sqlite/instance-lock.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import type { UsageStore } from '../../usage/ports.ts'
import { SummedStore } from '../../usage/sums/summed-store.ts'
import type { StorePort } from './store-port.ts'

export interface OpenStoreOptions {
  readonly host: Pick<Host, 'dataDir' | 'lockDir' | 'database' | 'log' | 'version'>
  readonly now: () => number
  readonly settings: () => Settings
}

/** A million requests or so. */
const MOST_SPOOL_BYTES = 256 * 1024 * 1024

/**
 * Opens the store of the host: the file in its data directory, or the shared database. Rejects with a PersonError, and then
 * holds neither a lock nor a connection.
 */
export function openStore(options: OpenStoreOptions): Promise<StorePort> {
  return options.host.database === null ? openFileStore(options) : openSharedStore(options, options.host.database)
}

async function openFileStore({ host: { dataDir, log }, now }: OpenStoreOptions): Promise<StorePort> {
  const store = await openSqliteStore({ dataDir, now, log })
  try {
    return withUsage(store, await SummedStore.open(store.usageRows))
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Most people have no PostgreSQL, so the code and its driver are loaded only here. */
async function openSharedStore(
  { host: { dataDir, lockDir, log, version }, now, settings }: OpenStoreOptions,
  { url, passwordFile }: NonNullable<Host['database']>,
): Promise<StorePort> {
  const { openPostgresStore } = await import('../../store/postgres/postgres-store.ts')
  const lock = lockDataDir(lockDir)
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  const gateway = {
    name: `${hostname()}:${dataDir}`,
    program: version,
    timeZone,
    settings: () => fingerprintsOf(settings()),
  }
  const store = await openPostgresStore({
    url,
    passwordFile,
    gateway,
    graceMs: () => settings().databaseGraceMinutes * 60_000,
    now,
    monotonic: () => performance.now(),
    random: Math.random,
    log,
    onClosed: () => lock.release(),
  }).catch((error: unknown) => {
    lock.release()
    throw error
  })
  try {
    return await withSharedUsage(store, { dataDir, log })
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Usage waits on the disk while the database is away. What an earlier run left there is written first. */
async function withSharedUsage(
  store: PostgresStore,
  { dataDir, log }: Pick<Host, 'dataDir' | 'log'>,
): Promise<StorePort> {
  const { SharedSums } = await import('../../usage/shared-sums/shared-sums.ts')
  const { SpoolFile } = await import('../../usage/spool/spool-file.ts')
  const spool = await SpoolFile.open({ path: join(dataDir, 'usage-spool'), maxBytes: MOST_SPOOL_BYTES, log })
  const usage = new SharedSums({
    rows: store.usageRows,
    writer: store.gatewayId,
    isLeader: () => store.isLeader(),
    spool,
    isAway: () => store.isAway,
    log,
  })
  await usage.replay()
  store.changes(async ({ kind }) => {
    if (kind === 'here') await usage.replay()
  })
  const closeStore = store.close.bind(store)
  const close = async () => {
    await usage.close()
    await closeStore()
  }
  const figures: SharedFigures = {
    awaySeconds: () => store.awaySeconds,
    spooledBatches: () => spool.waiting,
    changesBehind: () => store.changesBehind,
    leads: () => store.isLeader(),
    shareMoves: () => store.shares.moves,
  }
  return Object.assign(store, { usage, close, figures })
}

/** A store with the sums over its rows. */
function withUsage<S extends Omit<StorePort, 'usage'>>(store: S, usage: UsageStore): S & { usage: UsageStore } {
  return Object.assign(store, { usage })
}
