import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'

/** Runs as a thread of its own (see `createCheckpoints`). Imports little: a second SQLite is loaded for it. */
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
