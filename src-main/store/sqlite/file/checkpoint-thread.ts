import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'

/**
 * Runs as a thread of its own (see `Checkpoints`). Its SQLite must be the one library that the rest of the process
 * has loaded: two copies in one process undo each other's locks when one of them closes the file, and another program
 * then takes the log away (https://www.sqlite.org/howtocorrupt.html, 2.2.1). It is, because the same path is loaded.
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
