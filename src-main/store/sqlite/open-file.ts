import { type Problem, problem } from '#shared/text/problem.ts'
import type { Log } from '../../base/log.ts'
import { ensurePrivateDirectory } from '../../base/private-files.ts'
import { keyUnreadable, personUnreadable, siteUnreadable } from '../rows/unreadable.ts'
import { Backups } from './file/backups.ts'
import { Checkpoints } from './file/checkpoints.ts'
import { type Connection, createRun, openConnection, type Run } from './file/connection.ts'
import { PLAIN_MARKER, writeMarker } from './file/marker.ts'
import { prepareFile } from './file/prepare-file.ts'
import { type StoreFiles, storeFiles } from './file/store-files.ts'
import { explain } from './store-errors.ts'
import { type ArrivalTable, createArrivalTable } from './tables/arrival-table.ts'
import { type AuditTable, createAuditTable } from './tables/audit-table.ts'
import { type CredentialTable, createCredentialTable } from './tables/credential-table.ts'
import { createInvitationTable, type InvitationTable } from './tables/invitation-table.ts'
import { createJoiningTable, type JoiningTable } from './tables/joining-table.ts'
import { createKeyTable, type KeyTable } from './tables/key-table.ts'
import { createOriginTable, type OriginTable } from './tables/origin-table.ts'
import { createPersonTable, type PersonTable } from './tables/person-table.ts'
import { createSessionTable, type SessionTable } from './tables/session-table.ts'
import { createUsageRows, type UsageRows } from './tables/usage-rows.ts'

export interface FileOptions {
  /** The caller must hold its instance lock. */
  readonly dataDir: string
  readonly now: () => number
  readonly log: Pick<Log, 'warn' | 'error'>
}

/** An open data file. */
export interface OpenFile {
  readonly persons: Omit<PersonTable, 'putNow'>
  readonly credentials: Omit<CredentialTable, 'putNow'>
  readonly invitations: Omit<InvitationTable, 'putNow' | 'useNow'>
  readonly keys: Omit<KeyTable, 'insertNow'>
  readonly origins: Omit<OriginTable, 'putNow'>
  readonly arrivals: ArrivalTable
  readonly joinings: JoiningTable
  readonly sessions: Omit<SessionTable, 'removeOfNow'>
  readonly usage: UsageRows
  readonly audit: AuditTable
  readonly backups: Backups
  /** Problems that the person should know, such as the result of a recovery. Grows if damage is found at run time. */
  readonly notices: readonly Problem[]
  /** Can be called repeatedly. */
  close(): Promise<void>
}

const DAMAGED = problem(
  'store_damaged',
  'Part of Latchkey’s data file is damaged. Quit Latchkey and start it again: it will save what can be read.',
  {},
)

/**
 * Opens the data file. Creates, upgrades or recovers it first if necessary. Rejects with a PersonError (`store_too_new`,
 * `store_full`, `store_not_readable` ...) if that fails, and then the file is unchanged.
 */
export async function openFile({ dataDir, now, log }: FileOptions): Promise<OpenFile> {
  const files = storeFiles(dataDir)
  try {
    ensurePrivateDirectory(dataDir)
    const notices = prepareFile(files, now())
    for (const notice of notices) log.warn({}, notice.message)
    return openConnections(files, (connections) => openTables(files, connections, notices, { now, log }))
  } catch (error) {
    throw explain(error)
  }
}

/**
 * Two connections, because `synchronous` is set per connection: decisions must survive a power cut, and usage must not wait
 * for the disk. Both are used synchronously in one thread, so they never wait for each other.
 */
interface Connections {
  readonly durable: Connection
  readonly relaxed: Connection
}

/** Closes the connections if `use` throws, for example for a missing table, because the file may be replaced next. */
function openConnections<T>({ database }: StoreFiles, use: (connections: Connections) => T): T {
  const opened: Connection[] = []
  const open = (synchronous: 'FULL' | 'NORMAL') => {
    const connection = openConnection(database, synchronous)
    opened.push(connection)
    return connection
  }
  try {
    return use({ durable: open('FULL'), relaxed: open('NORMAL') })
  } catch (error) {
    for (const connection of opened) connection.close()
    throw error
  }
}

function openTables(
  files: StoreFiles,
  { durable, relaxed }: Connections,
  notices: Problem[],
  { now, log }: Pick<FileOptions, 'now' | 'log'>,
): OpenFile {
  const tell = (notice: Problem, error?: unknown) => {
    if (notices.some(({ message }) => message === notice.message)) return
    notices.push(notice)
    log.error({ err: error }, notice.message)
  }
  const run = createRunOn(files, (error) => tell(DAMAGED, error), log)
  const tables = { durable, relaxed, run }
  const { putNow: putPersonNow, ...persons } = createPersonTable({
    ...tables,
    onUnreadable: (id) => tell(personUnreadable(id)),
  })
  const { putNow: putCredentialNow, ...credentials } = createCredentialTable({ durable, run })
  const { putNow: _, useNow, ...invitations } = createInvitationTable({ durable, run })
  const { removeOfNow, ...sessions } = createSessionTable(tables)
  const { insertNow, ...keys } = createKeyTable({ ...tables, onUnreadable: (id) => tell(keyUnreadable(id)) })
  const { putNow, ...origins } = createOriginTable({ ...tables, onUnreadable: (site) => tell(siteUnreadable(site)) })
  const checkpoints = new Checkpoints({ path: files.database, db: relaxed, log })
  return {
    persons,
    credentials,
    invitations,
    keys,
    origins,
    arrivals: createArrivalTable({
      durable,
      run,
      persons: { putNow: putPersonNow },
      keys: { insertNow },
      origins: { putNow },
    }),
    joinings: createJoiningTable({
      durable,
      run,
      persons: { putNow: putPersonNow },
      credentials: { putNow: putCredentialNow },
      invitations: { useNow },
      keys: { insertNow },
      sessions: { removeOfNow },
    }),
    sessions,
    usage: createUsageRows({ db: relaxed, run, checkpoints }),
    audit: createAuditTable(durable, run),
    backups: new Backups({ files, db: relaxed, now }),
    notices,
    async close() {
      // The last connection to close empties and deletes the log.
      await checkpoints.close()
      relaxed.close()
      durable.close()
    },
  }
}

/** After damage was found, the next start checks the whole file. */
function createRunOn(files: StoreFiles, onDamage: (error: unknown) => void, log: FileOptions['log']): Run {
  return createRun((error) => {
    onDamage(error)
    try {
      writeMarker(files.marker, { ...PLAIN_MARKER, suspect: true })
    } catch (cause) {
      log.error({ err: cause }, 'could not mark the data file for a full check at the next start')
    }
  })
}
