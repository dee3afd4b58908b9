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
  /** The connection that writes most: a copy follows what it writes, and begins anew when another one writes. */
  readonly db: Connection
  readonly now: () => number
}

/** A backup that lies ready for the next opening of the store. */
export interface ReadyRestore {
  /** Name of the backup that the present file will be; null when there is no file. */
  readonly replaced: string | null
  /** Takes it back, before or after the opening: for when that failed. To be called while the store is closed. */
  undo(): void
}

/** Copies of the data file, in a folder beside it. Every method rejects with a PersonError for what a person can mend. */
export interface Backups {
  /** Copies the file while it is in use, then deletes the oldest copies of this kind beyond the last seven. */
  create(kind: MadeKind): Promise<Backup>
  /** Newest first. */
  list(): Promise<Backup[]>
  /**
   * Checks a copy and lays it ready: the next `openStore` puts it in place, and keeps the present file aside. Resolves to
   * undefined for a copy that is not there.
   */
  layReady(name: string): Promise<ReadyRestore | undefined>
  /** Deletes all copies, those that upgrades, repairs and restores kept aside among them; resolves to how many. */
  removeAll(): Promise<number>
}

type MadeKind = Exclude<Backup['kind'], 'replaced'>

const KEPT_OF_EACH_KIND = 7
/** Pages copied before the gateway has its turn: about a millisecond. */
const PAGES_AT_ONCE = 100

export function createBackups({ files, db, now }: BackupsOptions): Backups {
  async function create(kind: MadeKind): Promise<Backup> {
    ensurePrivateDirectory(files.backups)
    const name = `${new Date(now()).toISOString().replace(/[:.]/g, '-')}.${kind}.db`
    await copyWhole(db, join(files.backups, name))
    await removeOldest(kind, KEPT_OF_EACH_KIND)
    const backup = await backupOf(files.backups, name)
    if (backup === undefined) throw new Error('the backup is not there')
    return backup
  }

  async function list(): Promise<Backup[]> {
    const found = [files.backups, files.directory].map(async (directory) =>
      Promise.all((await namesIn(directory)).map((name) => backupOf(directory, name))),
    )
    return (await Promise.all(found))
      .flat()
      .flatMap((backup) => backup ?? [])
      .sort((one, other) => other.time - one.time)
  }

  async function removeOldest(kind: Backup['kind'], kept: number): Promise<void> {
    const tooMany = (await list()).filter((backup) => backup.kind === kind).slice(kept)
    for (const backup of tooMany) await removeFiles(pathOf(files, backup))
  }

  async function layReady(name: string): Promise<ReadyRestore | undefined> {
    const backup = (await list()).find((one) => one.name === name)
    if (backup === undefined) return undefined
    const source = pathOf(files, backup)
    const found = examineFile(source, false)
    if (found.state !== 'sound') {
      const sentence = 'This backup is damaged, so nothing was changed. Choose another one.'
      throw new PersonError('backup_damaged', sentence)
    }
    await copyClosed(source, files.restoring)
    await removeOldest('replaced', KEPT_OF_EACH_KIND - 1)
    const aside = replacedPath(files)
    return {
      replaced: existsSync(files.database) ? basename(aside) : null,
      undo: () => undoRestore(files, aside),
    }
  }

  return {
    create: (kind) => create(kind).catch(throwExplained),
    list: () => list().catch(throwExplained),
    layReady: (name) => layReady(name).catch(throwExplained),
    async removeAll() {
      const backups = await list()
      await rm(files.backups, { recursive: true, force: true })
      const asides = (await namesIn(files.directory)).filter((name) => KEPT_ASIDE.test(name))
      for (const name of asides) await rm(join(files.directory, name), { force: true })
      return backups.length
    },
  }
}

/** Copies a database that may be in use, step by step. The copy gets its name when it is whole. */
async function copyWhole(db: Connection, path: string): Promise<void> {
  const half = `${path}.new`
  try {
    await removeFiles(half)
    ensurePrivateFile(half)
    await db.backup(half, { progress: () => PAGES_AT_ONCE })
    makeSingleFile(half)
    moveFile(half, path)
  } finally {
    await removeFiles(half)
  }
}

async function removeFiles(database: string): Promise<void> {
  for (const suffix of SUFFIXES) await rm(database + suffix, { force: true })
}

/** By SQLite and not byte for byte: a file that a crash left behind has its last changes in the file beside it. */
async function copyClosed(source: string, path: string): Promise<void> {
  const db = new Database(source, { readonly: true, fileMustExist: true })
  try {
    await copyWhole(db, path)
  } finally {
    db.close()
  }
}

/** What upgrades (`keepCopy`), repairs (`asideName`) and restores leave beside the file. */
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

/** A copy remembers that its original had a write-ahead log; without one it is whole in itself, and can be carried away. */
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
