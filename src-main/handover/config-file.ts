import { createHash } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { lstat, open, realpath, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { refusal } from './refusals.ts'

const MAX_BYTES = 1_048_576
const OWNER_MAY_WRITE = 0o200
const OTHERS_MAY_READ = 0o044

/** The present state of a configuration file that Latchkey may change. */
export interface ConfigFileState {
  /** The path by which the app opens the file. */
  readonly path: string
  /** The path without symbolic links. This file is written. */
  readonly target: string
  /** null if there is no file yet. */
  readonly bytes: Buffer | null
  /** Permission bits; for a missing file, those of a new one. */
  readonly mode: number
  readonly owner: { readonly uid: number; readonly gid: number } | null
  /** Folders to create for the file, outermost first. */
  readonly folders: readonly string[]
  readonly othersCanRead: boolean
}

export interface Bounds {
  /** Files outside of this folder are not read or written. */
  readonly home: string
  /** A folder that must already exist; null if every folder below the home folder may be created. */
  readonly mustExist: string | null
}

/**
 * Examines a configuration file before it is changed. Rejects with a PersonError if it is not a plain file of this user
 * in the home folder, is read-only, or has more than 1 MB. Follows symbolic links within the home folder, because
 * people keep their configuration in another folder and link to it.
 */
export async function lookAt(path: string, bounds: Bounds): Promise<ConfigFileState> {
  const home = await realpath(bounds.home)
  const target = await realpathOrNull(path)
  return target === null ? lookAtMissing(path, home, bounds) : lookAtExisting(path, target, home)
}

export function hashOf(bytes: Buffer | null): string | null {
  return bytes === null ? null : createHash('sha256').update(bytes).digest('hex')
}

async function lookAtExisting(path: string, target: string, home: string): Promise<ConfigFileState> {
  if (!isInside(target, home)) throw refusal('handover_outside', { path })
  await checkFolder(dirname(target), path)
  // O_NOFOLLOW refuses a link that was created a moment ago; O_NONBLOCK avoids waiting for a device.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  const file = await open(target, flags).catch((error: unknown) => {
    throw refusal('handover_unreadable', { path }, error)
  })
  try {
    const facts = await file.stat()
    checkFile(path, facts)
    const bytes = await file.readFile()
    const { uid, gid } = facts
    const mode = facts.mode & 0o7777
    return {
      path,
      target,
      bytes,
      mode,
      owner: { uid, gid },
      folders: [],
      othersCanRead: process.platform !== 'win32' && (mode & OTHERS_MAY_READ) !== 0,
    }
  } finally {
    await file.close()
  }
}

function checkFile(path: string, facts: Stats): void {
  // A hard-linked file has another name, which would keep the old content.
  if (!facts.isFile() || facts.nlink > 1) throw refusal('handover_not_plain', { path })
  checkOwner(path, facts)
  if ((facts.mode & OWNER_MAY_WRITE) === 0) throw refusal('handover_read_only', { path })
  if (facts.size > MAX_BYTES) throw refusal('handover_too_large', { path })
}

async function lookAtMissing(path: string, home: string, { mustExist }: Bounds): Promise<ConfigFileState> {
  // The link leads to no file.
  if ((await lstatOrNull(path)) !== null) throw refusal('handover_not_plain', { path })
  const { existing, missing } = await nearestFolder(dirname(path))
  if (!isInside(join(existing, 'x'), home)) throw refusal('handover_outside', { path })
  if (mustExist !== null && missing.length > 0 && (await realpathOrNull(mustExist)) === null) {
    throw refusal('handover_no_folder', { path: mustExist })
  }
  await checkFolder(existing, path)
  const folders = missing.map((_, index) => join(existing, ...missing.slice(0, index + 1)))
  const target = join(existing, ...missing, relative(dirname(path), path))
  return { path, target, bytes: null, mode: 0o600, owner: null, folders, othersCanRead: false }
}

/** The innermost existing folder of a path, without links, and the names of the missing folders below it. */
async function nearestFolder(folder: string): Promise<{ existing: string; missing: string[] }> {
  const missing: string[] = []
  for (let at = folder; ; at = dirname(at)) {
    const existing = await realpathOrNull(at)
    if (existing !== null) return { existing, missing }
    if ((await lstatOrNull(at)) !== null || dirname(at) === at) throw refusal('handover_not_plain', { path: at })
    missing.unshift(relative(dirname(at), at))
  }
}

async function checkFolder(folder: string, path: string): Promise<void> {
  const facts = await stat(folder)
  if (!facts.isDirectory()) throw refusal('handover_not_plain', { path })
  checkOwner(path, facts)
  if ((facts.mode & OWNER_MAY_WRITE) === 0) throw refusal('handover_read_only', { path })
}

function checkOwner(path: string, { uid }: Stats): void {
  if (process.getuid !== undefined && uid !== process.getuid()) throw refusal('handover_not_owned', { path })
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

async function realpathOrNull(path: string): Promise<string | null> {
  return realpath(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw refusal(error.code === 'EACCES' ? 'handover_unreadable' : 'handover_not_plain', { path }, error)
  })
}

async function lstatOrNull(path: string): Promise<Stats | null> {
  return lstat(path).catch(() => null)
}
