import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'

/**
 * Runs in its own thread (see `Checkpoints`). The thread must use the same copy of SQLite as the rest of the process: with
 * two copies, closing the file in one cancels the locks of the other, and another program could delete the log
 * (https://www.sqlite.org/howtocorrupt.html, 2.2.1). It is the same copy, because both load the same path.
 */
const path: unknown = workerData
const db = new Database(String(path), { fileMustExist: true })
db.pragma('journal_mode = WAL')
db.pragma('synchronous = NORMAL')
db.pragma('checkpoint_fullfsync = true')

parentPort?.on('message', (wish: 'checkpoint' | 'close') => {
  if (wish === 'close') {
    db.close()
    parentPort?.close()
    return
  }
  try {
    db.pragma('wal_checkpoint(PASSIVE)')
    parentPort?.postMessage({ error: null })
  } catch (error) {
    parentPort?.postMessage({ error })
  }
})
