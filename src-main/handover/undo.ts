import { type Bounds, type ConfigFileState, hashOf, lookAt } from './config-file.ts'
import type { HandoverRecord, RecordStore, WrittenFile } from './record-store.ts'
import { refusal } from './refusals.ts'
import { deleteFile, writeFile } from './write-files.ts'

interface Restorable {
  readonly file: WrittenFile
  readonly state: ConfigFileState
  /** null if the file will be deleted. */
  readonly bytes: Buffer | null
}

/**
 * Restores the earlier content byte for byte. Rejects with a PersonError and changes no file if another program has
 * changed one of them since, or if a copy is damaged.
 */
export async function restoreFiles(record: HandoverRecord, records: RecordStore, bounds: Bounds): Promise<void> {
  const all = await Promise.all(record.files.map((file) => prepare(file, records, bounds)))
  // Undoes the last written file first.
  for (const one of all.reverse()) if (one !== null) await restore(one, bounds)
}

/** Compares the files with the written content. */
export async function stateOf({ files }: HandoverRecord, bounds: Bounds): Promise<'connected' | 'changed' | 'partial'> {
  const hashes = await Promise.all(files.map(({ path }) => hashNow(path, bounds)))
  const all = files.map((file, index) => ({ ...file, now: hashes[index] }))
  if (all.every(({ now, after }) => now === after)) return 'connected'
  return all.every(({ now, after, was, before }) => now === after || now === was || now === before)
    ? 'partial'
    : 'changed'
}

/** undefined for a file that Latchkey would refuse to touch now. */
async function hashNow(path: string, bounds: Bounds): Promise<string | null | undefined> {
  return lookAt(path, bounds).then(
    ({ bytes }) => hashOf(bytes),
    () => undefined,
  )
}

/** null if there is nothing to restore. */
async function prepare(file: WrittenFile, records: RecordStore, bounds: Bounds): Promise<Restorable | null> {
  const state = await lookAt(file.path, bounds)
  const now = hashOf(state.bytes)
  if (now === file.before) return null
  const { path } = file
  const backup = file.backup === null ? '' : records.pathOf(file.backup)
  if (now !== file.after && now !== file.was) {
    throw backup === '' ? refusal('handover_edited_new', { path }) : refusal('handover_edited', { path, backup })
  }
  const bytes = file.backup === null ? null : await records.copy(file.backup)
  if (hashOf(bytes) !== file.before) throw refusal('handover_backup_damaged', { path, backup })
  return { file, state, bytes }
}

async function restore({ file, state, bytes }: Restorable, bounds: Bounds): Promise<void> {
  if (bytes === null) return deleteFile(state, file.folders, bounds)
  return writeFile({ ...state, mode: file.mode }, bytes, bounds)
}
