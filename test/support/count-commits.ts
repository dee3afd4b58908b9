import { readFile } from 'node:fs/promises'
import Database from 'better-sqlite3'

// https://www.sqlite.org/fileformat2.html#walformat
const WAL_HEADER = 32
const FRAME_HEADER = 24
const PAGE_SIZE_AT = 8
const COMMIT_SIZE_AT = 4

export interface CommitCounter {
  /** The number of transactions since the counter was created. */
  count(): Promise<number>
  close(): void
}

/**
 * Counts the transactions of a database by reading its write-ahead log, in which each transaction ends with a marked
 * frame.
 */
export async function countCommits(database: string): Promise<CommitCounter> {
  const reader = new Database(database, { readonly: true })
  // An open reader of an old state prevents a reset of the log, so no counted frame is lost.
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
