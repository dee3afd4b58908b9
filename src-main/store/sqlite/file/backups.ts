import { existsSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import Database from 'better-sqlite3'
import type { Backup } from '#shared/records/backup.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { ensurePrivateDirectory, ensurePrivateFile, moveFile } from '../../../base/private-files.ts'
import { explain } from '../store-errors.ts'
import { replacedPath, undoRestore } from './apply-restore.ts'
import type { Connection } from './connection.ts'
import { examineFile } from './examine-file.ts'
import { type StoreFiles, SUFFIXES } from './store-files.ts'

export interface BackupsOptions {
  readonly files: StoreFiles
  /** The connection that writes most. A copy includes its writes, but restarts after a write of another connection. */
  readonly db: Connection
  readonly now: () => number
}

/** A backup that the next opening of the store puts in place. */
export interface ReadyRestore {
  /** The name of the backup that the current file will become; null if there is no file. */
  readonly replaced: string | null
  /** Undoes the restore, before or after the opening, if that failed. Call it while the store is closed. */
  undo(): void
}

type MadeKind = Exclude<Backup['kind'], 'replaced'>

const KEPT_OF_EACH_KIND = 7
/** Pages per step, after which the gateway may run. A step takes about a millisecond. */
const PAGES_PER_STEP = 100

/** Copies of the data file, in a folder beside it. Methods reject with a PersonError for problems that a person can fix. */
export class Backups {
  readonly #options: BackupsOptions

  constructor(options: BackupsOptions) {
    this.#options = options
  }

  /** Copies the file while it is in use, then deletes the oldest copies of this kind except the last seven. */
  create(kind: MadeKind): Promise<Backup> {
    return this.#create(kind).catch(throwExplained)
  }

  /** Newest first. */
  list(): Promise<Backup[]> {
    return this.#list().catch(throwExplained)
  }

  /**
   * Checks a backup and prepares it: the next `openFile` puts it in place and keeps the current file as a backup.
   * Resolves to undefined for an unknown backup.
   */
  layReady(name: string): Promise<ReadyRestore | undefined> {
    return this.#layReady(name).catch(throwExplained)
  }

  /** Deletes all copies, including those that upgrades, repairs and restores kept. Resolves to their number. */
  async removeAll(): Promise<number> {
    const { files } = this.#options
    const backups = await this.list()
    await rm(files.backups, { recursive: true, force: true })
    const kept = (await namesIn(files.directory)).filter((name) => KEPT_ASIDE.test(name))
    for (const name of kept) await rm(join(files.directory, name), { force: true })
    return backups.length
  }

  async #create(kind: MadeKind): Promise<Backup> {
    const { files, db, now } = this.#options
    ensurePrivateDirectory(files.backups)
    const name = `${new Date(now()).toISOString().replace(/[:.]/g, '-')}.${kind}.db`
    await copyWhole(db, join(files.backups, name))
    await this.#removeOldest(kind, KEPT_OF_EACH_KIND)
    const backup = await backupOf(files.backups, name)
    if (backup === undefined) throw new Error('the backup is not there')
    return backup
  }

  async #list(): Promise<Backup[]> {
    const { files } = this.#options
    const found = [files.backups, files.directory].map(async (directory) =>
      Promise.all((await namesIn(directory)).map((name) => backupOf(directory, name))),
    )
    return (await Promise.all(found))
      .flat()
      .flatMap((backup) => backup ?? [])
      .sort((one, other) => other.time - one.time)
  }

  async #removeOldest(kind: Backup['kind'], kept: number): Promise<void> {
    const tooMany = (await this.#list()).filter((backup) => backup.kind === kind).slice(kept)
    for (const backup of tooMany) await removeFiles(pathOf(this.#options.files, backup))
  }

  async #layReady(name: string): Promise<ReadyRestore | undefined> {
    const { files } = this.#options
    const backup = (await this.#list()).find((one) => one.name === name)
    if (backup === undefined) return undefined
    const source = pathOf(files, backup)
    if (examineFile(source, false).state !== 'sound') {
      throw new PersonError('backup_damaged', 'This backup is damaged, so nothing was changed. Choose another one.')
    }
    await copyClosed(source, files.restoring)
    await this.#removeOldest('replaced', KEPT_OF_EACH_KIND - 1)
    const aside = replacedPath(files)
    return {
      replaced: existsSync(files.database) ? basename(aside) : null,
      undo: () => undoRestore(files, aside),
    }
  }
}

/** Copies a database in steps, even while it is in use. The copy gets its name when it is complete. */
async function copyWhole(db: Connection, path: string): Promise<void> {
  const half = `${path}.new`
  try {
    await removeFiles(half)
    ensurePrivateFile(half)
    await db.backup(half, { progress: () => PAGES_PER_STEP })
    makeSingleFile(half)
    moveFile(half, path)
  } finally {
    await removeFiles(half)
  }
}

async function removeFiles(database: string): Promise<void> {
  for (const suffix of SUFFIXES) await rm(database + suffix, { force: true })
}

/** Copies through SQLite, not byte by byte: after a crash the last changes are in the write-ahead log beside the file. */
async function copyClosed(source: string, path: string): Promise<void> {
  const db = new Database(source, { readonly: true, fileMustExist: true })
  try {
    await copyWhole(db, path)
  } finally {
    db.close()
  }
}

/** Files that upgrades (`keepCopy`), repairs (`asideName`) and restores keep beside the data file. */
const KEPT_ASIDE = /^latchkey\.db\.(?:before-|damaged-|restoring)/
const MADE = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z\.(daily|asked)\.db$/
const REPLACED = /^latchkey\.db\.before-restore-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z$/

async function backupOf(directory: string, name: string): Promise<Backup | undefined> {
  const match = MADE.exec(name) ?? REPLACED.exec(name)
  if (match === null) return undefined
  const [, day, hour, minute, second, ms, made] = match
  const { size } = await stat(join(directory, name))
  const kind = made === 'daily' || made === 'asked' ? made : 'replaced'
  return { name, kind, bytes: size, time: Date.parse(`${day}T${hour}:${minute}:${second}.${ms}Z`) }
}

function pathOf(files: StoreFiles, { kind, name }: Backup): string {
  return join(kind === 'replaced' ? files.directory : files.backups, name)
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

/** The copy inherits the mode with a write-ahead log. Without it the copy is a single file that can be moved. */
function makeSingleFile(path: string): void {
  const copy = new Database(path)
  try {
    copy.pragma('journal_mode = DELETE')
  } finally {
    copy.close()
  }
}

function throwExplained(error: unknown): never {
  throw explain(error)
}
