import { mkdir, rmdir, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PersonError } from '#shared/text/person-error.ts'
import { replaceFile, syncFolder } from '../base/replace-file.ts'
import { type Bounds, type ConfigFileState, hashOf, lookAt } from './config-file.ts'
import { refusal } from './refusals.ts'

/** Writes an examined file. Rejects with a PersonError if the file has changed since, and then does not touch it. */
export async function writeFile(state: ConfigFileState, bytes: Buffer, bounds: Bounds): Promise<void> {
  const { path, target, mode, owner, folders } = state
  try {
    for (const folder of folders) await createFolder(folder)
    await replaceFile(target, bytes, { mode, owner, lastCheck: () => checkUnchanged(state, bounds) })
  } catch (error) {
    await removeFolders(folders)
    throw withReason(error, path)
  }
  const after = await lookAt(path, bounds)
  if (after.bytes === null || !after.bytes.equals(bytes)) throw refusal('handover_changed', { path })
}

/** Deletes a file that Latchkey created, and the empty folders that it created for the file. */
export async function deleteFile(state: ConfigFileState, folders: readonly string[], bounds: Bounds): Promise<void> {
  try {
    await checkUnchanged(state, bounds)
    await unlink(state.target)
    await syncFolder(dirname(state.target))
  } catch (error) {
    throw withReason(error, state.path)
  }
  await removeFolders(folders)
}

async function checkUnchanged({ path, target, bytes }: ConfigFileState, bounds: Bounds): Promise<void> {
  const now = await lookAt(path, bounds)
  if (now.target !== target || hashOf(now.bytes) !== hashOf(bytes)) throw refusal('handover_changed', { path })
}

async function createFolder(path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}

/** A folder that another program uses by now is kept. */
async function removeFolders(folders: readonly string[]): Promise<void> {
  for (const folder of [...folders].reverse()) await rmdir(folder).catch(() => undefined)
}

function withReason(error: unknown, path: string): PersonError {
  if (error instanceof PersonError) return error
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT') return refusal('handover_disk_full', { path }, error)
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return refusal('handover_read_only', { path }, error)
  return refusal('handover_failed', { path }, error)
}
