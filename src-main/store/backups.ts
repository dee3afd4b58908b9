import { copyFile, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Backup } from '#shared/backup.ts'
import { PersonError } from '#shared/person-error.ts'
import type { Connection } from './connection.ts'
import { examineFile } from './examine-file.ts'
import { ensurePrivateDirectory, ensurePrivateFile, moveFile } from './private-files.ts'
import { explain } from './store-errors.ts'
import { type StoreFiles, SUFFIXES } from './store-files.ts'

export interface BackupsOptions {
  readonly files: StoreFiles
  /** The connection that writes most: a copy follows what it writes, and begins anew when another one writes. */
  readonly db: Connection
  readonly now: () => number
}

/** Copies of the data file, in a folder beside it. Every method rejects with a PersonError for what a person can mend. */
export interface Backups {
  /** Copies the file while it is in use, then deletes the oldest copies of this kind beyond the last seven. */
  create(kind: Backup['kind']): Promise<Backup>
  /** Newest first. */
  list(): Promise<Backup[]>
  /**
   * Checks a copy and lays it ready: the next start puts it in place, and keeps the present file aside. Resolves to
   * false for a copy that is not there.
   */
  restore(name: string): Promise<boolean>
  /** Deletes all copies, those that upgrades, repairs and restores kept aside among them; resolves to how many. */
  removeAll(): Promise<number>
}

const KEPT_OF_EACH_KIND = 7
/** Pages copied before the gateway has its turn: about a millisecond. */
const PAGES_AT_ONCE = 100

export function createBackups({ files, db, now }: BackupsOptions): Backups {
  async function create(kind: Backup['kind']): Promise<Backup> {
    ensurePrivateDirectory(files.backups)
    const name = `${new Date(now()).toISOString().replace(/[:.]/g, '-')}.${kind}.db`
    const path = join(files.backups, name)
    const half = `${path}.new`
    try {
      await rm(half, { force: true })
      ensurePrivateFile(half)
      await db.backup(half, { progress: () => PAGES_AT_ONCE })
      makeSingleFile(half)
      moveFile(half, path)
    } finally {
      for (const suffix of SUFFIXES) await rm(half + suffix, { force: true })
    }
    await removeOldest(kind)
    const backup = await backupOf(files, name)
    if (backup === undefined) throw new Error('the backup is not there')
    return backup
  }

  async function list(): Promise<Backup[]> {
    const found = await Promise.all((await namesIn(files.backups)).map((name) => backupOf(files, name)))
    return found.flatMap((backup) => backup ?? []).sort((one, other) => other.time - one.time)
  }

  async function removeOldest(kind: Backup['kind']): Promise<void> {
    const tooMany = (await list()).filter((backup) => backup.kind === kind).slice(KEPT_OF_EACH_KIND)
    for (const { name } of tooMany) await rm(join(files.backups, name), { force: true })
  }

  async function restore(name: string): Promise<boolean> {
    if (!(await list()).some((backup) => backup.name === name)) return false
    const source = join(files.backups, name)
    const found = examineFile(source, false)
    if (found.state !== 'sound') {
      const sentence = 'This backup is damaged, so nothing was changed. Choose another one.'
      throw new PersonError('backup_damaged', sentence)
    }
    const half = `${files.restoring}.new`
    await rm(half, { force: true })
    ensurePrivateFile(half)
    await copyFile(source, half)
    moveFile(half, files.restoring)
    return true
  }

  return {
    create: (kind) => create(kind).catch(throwExplained),
    list: () => list().catch(throwExplained),
    restore: (name) => restore(name).catch(throwExplained),
    async removeAll() {
      const backups = await list()
      await rm(files.backups, { recursive: true, force: true })
      const asides = (await namesIn(files.directory)).filter((name) => KEPT_ASIDE.test(name))
      for (const name of asides) await rm(join(files.directory, name), { force: true })
      return backups.length
    },
  }
}

/** What upgrades (`keepCopy`), repairs (`asideName`) and restores leave beside the file. */
const KEPT_ASIDE = /^latchkey\.db\.(?:before-|damaged-|restoring)/
const NAME = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z\.(daily|asked)\.db$/

async function backupOf(files: StoreFiles, name: string): Promise<Backup | undefined> {
  const [, day, hour, minute, second, ms, kind] = NAME.exec(name) ?? []
  if (kind !== 'daily' && kind !== 'asked') return undefined
  const { size } = await stat(join(files.backups, name))
  return { name, kind, bytes: size, time: Date.parse(`${day}T${hour}:${minute}:${second}.${ms}Z`) }
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
