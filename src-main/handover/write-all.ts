import type { HandoverAppId } from '#shared/handover/apps.ts'
import type { Log } from '../base/log.ts'
import { type Bounds, hashOf, lookAt } from './config-file.ts'
import type { Change } from './planner.ts'
import type { HandoverRecord, RecordStore, WrittenFile } from './record-store.ts'
import { deleteFile, writeFile } from './write-files.ts'

export interface WriteAllOptions {
  readonly app: HandoverAppId
  readonly keyId: string
  readonly changes: readonly Change[]
  /** The record of an earlier hand-over to the app. An undo restores the content before that one. */
  readonly earlier: HandoverRecord | undefined
  readonly records: RecordStore
  readonly bounds: Bounds
  /** ms UTC. */
  readonly time: number
  readonly log: Pick<Log, 'warn'>
}

/**
 * Writes all of an app's files, or none. Writes the record before the first file, so that even a crash in between can
 * be undone. Rejects with a PersonError.
 */
export async function writeAll(options: WriteAllOptions): Promise<void> {
  const { app, keyId, changes, records, bounds, time } = options
  const files: WrittenFile[] = []
  for (const change of changes) files.push(await recordOf(change, options))
  records.write({ app, time, keyId, files })
  try {
    for (const { state, bytes } of changes) if (!isSame(state.bytes, bytes)) await writeFile(state, bytes, bounds)
  } catch (error) {
    await takeBack(options)
    throw error
  }
}

/** For a file that is unchanged since Latchkey wrote it, an undo restores the content before the first hand-over. */
async function recordOf(
  { state, bytes }: Change,
  { app, earlier, records, time }: WriteAllOptions,
): Promise<WrittenFile> {
  const { path, mode, folders } = state
  const was = hashOf(state.bytes)
  const after = hashOf(bytes) ?? ''
  const known = earlier?.files.find((file) => file.path === path && file.after === was)
  if (known !== undefined) return { ...known, was, after }
  const backup = state.bytes === null ? null : await records.keep(app, path, state.bytes, time)
  return { path, before: was, was, after, backup, mode, folders: [...folders] }
}

/** Undoes the writing after a failure. A file that cannot be restored stays in the record, for a later undo. */
async function takeBack({ app, changes, earlier, records, bounds, log }: WriteAllOptions): Promise<void> {
  try {
    for (const change of [...changes].reverse()) await takeBackOne(change, bounds)
    if (earlier === undefined) await records.remove(app)
    else records.write(earlier)
  } catch (err) {
    log.warn({ err, app }, 'a file that was written before another one failed could not be restored')
  }
}

async function takeBackOne({ state, bytes }: Change, bounds: Bounds): Promise<void> {
  if (isSame(state.bytes, bytes)) return
  const now = await lookAt(state.path, bounds)
  // This file was not written yet, or another program has changed it.
  if (!isSame(now.bytes, bytes)) return
  if (state.bytes === null) await deleteFile(now, state.folders, bounds)
  else await writeFile(now, state.bytes, bounds)
}

function isSame(before: Buffer | null, after: Buffer): boolean {
  return before !== null && before.equals(after)
}
