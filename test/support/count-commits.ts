import { readFile } from 'node:fs/promises'
import Database from 'better-sqlite3'

// https://www.sqlite.org/fileformat2.html#walformat
const WAL_HEADER = 32
const FRAME_HEADER = 24
const PAGE_SIZE_AT = 8
const COMMIT_SIZE_AT = 4

export interface CommitCounter {
  /** Transactions written since the counter was made. */
  count(): Promise<number>
  close(): void
}

/** Counts what is written to a database by reading its write-ahead log, in which each transaction ends in a marked frame. */
export async function countCommits(database: string): Promise<CommitCounter> {
  const reader = new Database(database, { readonly: true })
  // As long as somebody reads an old state, the log only grows: nothing that was counted goes away.
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM sqlite_schema').get()
  const before = await commitsIn(`${database}-wal`)
  return { count: async () => (await commitsIn(`${database}-wal`)) - before, close: () => void reader.close() }
}

async function commitsIn(file: string): Promise<number> {
  const wal = await readFile(file)
  if (wal.length < WAL_HEADER) return 0
  const frame = FRAME_HEADER + wal.readUInt32BE(PAGE_SIZE_AT)
  let commits = 0
  for (let at = WAL_HEADER; at + frame <= wal.length; at += frame) {
    if (wal.readUInt32BE(at + COMMIT_SIZE_AT) > 0) commits++
  }
  return commits
}
