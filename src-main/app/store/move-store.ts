import { QUARTER_MS } from '#shared/keys/stored.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { Host } from '../../base/host.ts'
import type { Moved, MoveOptions } from '../../store/move/move.ts'
import { storeFiles } from '../../store/sqlite/file/store-files.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import { SummedStore } from '../../usage/sums/summed-store.ts'

type SharedDatabase = NonNullable<Host['database']>

export interface MoveStoreOptions {
  /** The data of now: a shared database, or the file in the data directory. */
  readonly from: { readonly dataDir: string; readonly database: SharedDatabase | null }
  /** A shared database, or a data directory. */
  readonly to: SharedDatabase | string
  readonly program: string
  readonly now: () => number
  readonly log: Host['log']
  readonly onProgress: MoveOptions['onProgress']
}

/**
 * Moves everything to a shared database, or back to a file. The data stays where it was, too. Rejects with a PersonError, and then
 * nothing was moved. The code for databases is loaded only here.
 */
export async function moveStore(options: MoveStoreOptions): Promise<Moved> {
  const { from, to } = options
  if (from.database === null && typeof to !== 'string')
    return withFile(from.dataDir, options, (file) => toDatabase(file, to, options))
  if (from.database !== null && typeof to === 'string') {
    const { database } = from
    return withFile(to, options, (file) => toFile(file, database, options))
  }
  throw sameKind()
}

type OpenedFile = Awaited<ReturnType<typeof openFileSide>>

/** The file with all of its sums, locked. */
async function openFileSide(dataDir: string, { now, log }: Pick<MoveStoreOptions, 'now' | 'log'>) {
  const [{ SqliteSide }, { openConnection }] = await Promise.all([
    import('../../store/move/sqlite-side.ts'),
    import('../../store/sqlite/file/connection.ts'),
  ])
  const store = await openSqliteStore({ dataDir, now, log })
  try {
    await (await SummedStore.open(store.usageRows)).settle()
    const connection = openConnection(storeFiles(dataDir).database, 'FULL')
    return {
      side: new SqliteSide(connection),
      connection,
      async close() {
        connection.close()
        await store.close()
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

async function withFile<T>(
  dataDir: string,
  options: Pick<MoveStoreOptions, 'now' | 'log'>,
  work: (file: OpenedFile) => Promise<T>,
): Promise<T> {
  const file = await openFileSide(dataDir, options)
  try {
    return await work(file)
  } finally {
    await file.close()
  }
}

async function toDatabase({ side: source }: OpenedFile, to: SharedDatabase, options: MoveStoreOptions): Promise<Moved> {
  const { moveRows } = await import('../../store/move/move.ts')
  const { onProgress } = options
  return withDatabase(to, options, (held) =>
    held.within('REPEATABLE READ', (target) => moveRows({ source, target, onProgress })),
  )
}

async function toFile(
  { side: target, connection }: OpenedFile,
  from: SharedDatabase,
  options: MoveStoreOptions,
): Promise<Moved> {
  const { moveRows } = await import('../../store/move/move.ts')
  const { onProgress } = options
  return withDatabase(from, options, async (held) => {
    await moveLiveSums(held.usage, options.now())
    connection.exec('BEGIN IMMEDIATE')
    try {
      const moved = await held.within('REPEATABLE READ', (source) => moveRows({ source, target, onProgress }))
      connection.exec('COMMIT')
      return moved
    } catch (error) {
      connection.exec('ROLLBACK')
      throw error
    }
  })
}

type Held = Awaited<ReturnType<typeof import('../../store/move/shared-database.ts')['holdDatabase']>>

async function withDatabase<T>(
  { url, passwordFile }: SharedDatabase,
  { program, log }: MoveStoreOptions,
  work: (held: Held) => Promise<T>,
): Promise<T> {
  const { holdDatabase } = await import('../../store/move/shared-database.ts')
  const held = await holdDatabase({ url, passwordFile, program, log })
  try {
    return await work(held)
  } finally {
    await held.close()
  }
}

/** What gateways have summed and nobody has moved to the quarters: a file has quarters only. */
async function moveLiveSums(rows: Held['usage'], now: number): Promise<void> {
  const [{ moveLive }, { Coverage }, { SHARED_BLOCKS }] = await Promise.all([
    import('../../usage/shared-sums/moving.ts'),
    import('../../usage/sums/coverage.ts'),
    import('../../usage/sums/dimensions.ts'),
  ])
  if ((await rows.abandoned()).length > 0) throw halfForgotten()
  const next = Math.floor(now / QUARTER_MS) + 1
  const step = () => rows.upkeep((upkeep) => moveLive(upkeep, new Coverage(upkeep.coverage, SHARED_BLOCKS), next))
  while (await step());
}

function halfForgotten(): PersonError {
  const sentence =
    'Latchkey was stopped while it forgot the usage of a key or a site, so nothing was moved. Start it, wait a minute, stop it, and try again.'
  return new PersonError('move_forgetting', sentence)
}

function sameKind(): PersonError {
  const sentence =
    'Latchkey moves between a file and PostgreSQL. Copy a data folder with a backup, and a database with pg_dump.'
  return new PersonError('move_same_kind', sentence)
}
