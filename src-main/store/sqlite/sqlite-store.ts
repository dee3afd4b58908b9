import type { Backup, Restored } from '#shared/records/backup.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { type Problem, problem } from '#shared/text/problem.ts'
import { Sequencer } from '../../base/sequencer.ts'
import { SharedLock } from '../../base/shared-lock.ts'
import type { ReadyRestore } from './file/backups.ts'
import { type InstanceLock, lockDataDir } from './instance-lock.ts'
import { type FileOptions, type OpenFile, openFile } from './open-file.ts'

/**
 * `replacing`: all rows are about to be replaced. `replaced`: the new rows can be read. `lost`: the rows cannot be read any
 * more.
 */
export interface StoreChange {
  readonly kind: 'replacing' | 'replaced' | 'lost'
}

type Listener = (change: StoreChange) => Promise<void>

const LOST = 'Latchkey’s data file could not be opened again, so every request is refused: quit Latchkey and start it.'

const UNUSABLE =
  'Latchkey cannot work with this backup, so the file before it is in place again and nothing was changed.'

/**
 * Opens the store in a data directory and locks the directory until it is closed. Rejects with a PersonError
 * (`already_running`, `store_too_new`, `store_full` ...), and then holds neither the lock nor an open file.
 */
export async function openSqliteStore(options: FileOptions): Promise<SqliteStore> {
  const lock = lockDataDir(options.dataDir)
  try {
    return new SqliteStore(options, lock, await openFile(options))
  } catch (error) {
    lock.release()
    throw error
  }
}

/** The embedded store. Its parts are handles that stay valid when a restore replaces the file. */
export class SqliteStore {
  readonly #options: FileOptions
  readonly #lock: InstanceLock
  readonly #users = new SharedLock()
  readonly #restores = new Sequencer()
  readonly #listeners = new Set<Listener>()
  #file: OpenFile
  #state: 'open' | 'replacing' | 'lost' = 'open'

  readonly isShared = false
  /** One-time tokens, flows and requests of apps for a key are in memory. */
  readonly tokens = null
  readonly flows = null
  readonly pairings = null
  readonly id: string
  /** Use these nine only within `use`, because the rooms keep their content in memory. */
  readonly persons: OpenFile['persons']
  readonly credentials: OpenFile['credentials']
  readonly invitations: OpenFile['invitations']
  readonly keys: OpenFile['keys']
  readonly origins: OpenFile['origins']
  readonly arrivals: OpenFile['arrivals']
  readonly joinings: OpenFile['joinings']
  readonly sessions: OpenFile['sessions']
  readonly usageRows: OpenFile['usage']
  readonly audit: OpenFile['audit']
  readonly backups = {
    create: (kind: 'daily' | 'asked'): Promise<Backup> => this.use(() => this.#file.backups.create(kind)),
    list: (): Promise<Backup[]> => this.use(() => this.#file.backups.list()),
    removeAll: (): Promise<number> => this.use(() => this.#file.backups.removeAll()),
    restore: (name: string): Promise<Restored | undefined> => this.#restores.queue(() => this.#restore(name)),
  }

  constructor(options: FileOptions, lock: InstanceLock, file: OpenFile) {
    this.id = options.dataDir
    this.#options = options
    this.#lock = lock
    this.#file = file
    this.persons = handleOf(() => this.#open().persons)
    this.credentials = handleOf(() => this.#open().credentials)
    this.invitations = handleOf(() => this.#open().invitations)
    this.keys = handleOf(() => this.#open().keys)
    this.origins = handleOf(() => this.#open().origins)
    this.arrivals = handleOf(() => this.#open().arrivals)
    this.joinings = handleOf(() => this.#open().joinings)
    this.sessions = handleOf(() => this.#open().sessions)
    this.usageRows = handleOf(() => this.#open().usage)
    this.audit = handleOf(
      () => this.#open().audit,
      (work) => this.use(work),
    )
  }

  /** False while the file is being replaced, and if it could not be opened again. */
  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /** The file cannot be out of reach. */
  readonly isCutOff = false

  notices(): readonly Problem[] {
    return this.#state === 'lost' ? [problem('store_lost', LOST, {})] : this.#file.notices
  }

  /**
   * Runs work on the open file. A restore and such work wait for each other. Rejects with a PersonError `store_lost` if no
   * file is open any more. Must not be nested (see `SharedLock`).
   */
  use<T>(work: () => Promise<T>): Promise<T> {
    return this.#users.shared(async () => {
      this.#open()
      return work()
    })
  }

  /**
   * Reports changes by another writer than the rooms: here, a restore. A restore waits for all listeners, and is undone if
   * one of them rejects `replaced`. Returns a function that removes the listener.
   */
  changes(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** No other gateway uses this file. */
  follow(): () => void {
    return () => undefined
  }

  async catchUp(): Promise<void> {}

  async database(): Promise<null> {
    return null
  }

  async start(): Promise<void> {}

  async close(): Promise<void> {
    await this.#restores.settled()
    await this.#file.close()
    this.#lock.release()
  }

  #open(): OpenFile {
    if (this.#state === 'lost') throw new PersonError('store_lost', LOST)
    return this.#file
  }

  /**
   * Replaces the data file with a backup; the old file becomes a backup itself. Resolves to undefined for an unknown
   * backup. If it rejects, nothing has changed, unless the old file could not be opened again: then the store is lost.
   */
  async #restore(name: string): Promise<Restored | undefined> {
    const ready = await this.use(() => this.#file.backups.layReady(name))
    if (ready === undefined) return undefined
    await this.#users.exclusive(() => this.#replace(ready))
    return { done: true, replaced: ready.replaced }
  }

  async #replace(ready: ReadyRestore): Promise<void> {
    try {
      this.#state = 'replacing'
      await this.#tell('replacing')
      await this.#file.close()
      await this.#openAgain()
    } catch (err) {
      this.#options.log.error({ err }, 'could not restore a backup, so the old file is opened again')
      await this.#undo(ready)
      throw err instanceof PersonError ? err : new PersonError('backup_unusable', UNUSABLE, { cause: err })
    }
  }

  async #undo(ready: ReadyRestore): Promise<void> {
    try {
      await this.#file.close()
      ready.undo()
      await this.#openAgain()
    } catch (err) {
      this.#state = 'lost'
      await this.#tell('lost')
      await this.#file.close()
      throw err
    }
  }

  async #openAgain(): Promise<void> {
    this.#file = await openFile(this.#options)
    await this.#tell('replaced')
    this.#state = 'open'
  }

  async #tell(kind: StoreChange['kind']): Promise<void> {
    for (const listener of this.#listeners) await listener({ kind })
  }
}

type Methods<T> = { [K in keyof T]: (...args: never[]) => Promise<unknown> }

/** Forwards each method to the object that `current` returns at the time of the call. `run` may delay the call. */
function handleOf<T extends Methods<T>>(
  current: () => T,
  run: <R>(work: () => Promise<R>) => Promise<R> = async (work) => work(),
): T {
  const names = Object.keys(current()) as (keyof T)[]
  const forward =
    (name: keyof T) =>
    (...args: never[]) =>
      run(() => current()[name](...args))
  return Object.fromEntries(names.map((name) => [name, forward(name)])) as unknown as T
}
