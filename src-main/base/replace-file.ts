import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

export interface ReplaceFileOptions {
  /** Permission bits. */
  readonly mode: number
  /** null keeps those of this process. Ignored on Windows. */
  readonly owner: { readonly uid: number; readonly gid: number } | null
  /** Called when the new content is on the disk, just before it takes the file's place. Throwing leaves the file alone. */
  readonly lastCheck: () => Promise<void>
}

/**
 * Replaces a file of somebody else's atomically, or creates it: after a crash it has either the old or the new bytes, and
 * at most a file of its own name with `.latchkey-` remains beside it. `path` must not be a symbolic link, which would be
 * replaced by a file.
 */
export async function replaceFile(path: string, bytes: Uint8Array, options: ReplaceFileOptions): Promise<void> {
  const next = join(dirname(path), `.${basename(path)}.latchkey-${randomBytes(6).toString('hex')}`)
  try {
    await writeNew(next, bytes, options)
    await options.lastCheck()
    await rename(next, path)
  } catch (error) {
    await unlink(next).catch(() => undefined)
    throw error
  }
  await syncFolder(dirname(path))
}

async function writeNew(path: string, bytes: Uint8Array, { mode, owner }: ReplaceFileOptions): Promise<void> {
  // Private until it has its final mode and owner.
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
  try {
    await file.writeFile(bytes)
    if (process.platform !== 'win32') {
      const { uid, gid } = await file.stat()
      if (owner !== null && (owner.uid !== uid || owner.gid !== gid)) await file.chown(owner.uid, owner.gid)
      await file.chmod(mode)
    }
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes the names in a folder survive a power cut. Windows cannot open a folder and does not need to. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
