import { Worker } from 'node:worker_threads'
import type { Log } from '../../../base/log.ts'
import type { Connection } from './connection.ts'

export interface CheckpointsOptions {
  readonly path: string
  /** Any connection to the file. */
  readonly db: Connection
  readonly log: Pick<Log, 'warn'>
}

/**
 * Copies the write-ahead log back into the file, in a thread of its own: it waits for the disk, 7 ms as a rule and 300
 * on a busy one, and within a commit the gateway would stand still for as long.
 */
export interface Checkpoints {
  /** Call it after writing. Begins one when the log has grown long, and returns at once. */
  afterWrite(): void
  /** Resolves when none is under way. Who writes much waits for it, or the log would never come to an end. */
  settled(): Promise<void>
  /**
   * Resolves at once, but where copying does not keep up with what is written: then once the log can begin anew. Await
   * it before a write that can wait.
   */
  caughtUp(): Promise<void>
  /** Begins one whatever the length of the log; resolves when it is done, or has failed. */
  run(): Promise<void>
  /** The file is then closed on this side. */
  close(): Promise<void>
}

/** Of 4 kB. A page that is written again and again is copied once for all of them. */
const PAGES = 2048
/** So many times of what is due, and who writes waits. */
const TOO_LONG = 2
/** The thread does nothing but wait for SQLite. */
const SMALL = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 }

export function createCheckpoints({ path, db, log }: CheckpointsOptions): Checkpoints {
  const length = db.prepare<[], { log: number; checkpointed: number }>('PRAGMA wal_checkpoint(NOOP)')
  let thread: Worker | undefined
  let running: Promise<void> | undefined
  let finish: (() => void) | undefined
  let due = PAGES

  /** Not before there is need of it: a start is not made slower, and a computer at rest has no thread more. */
  function start(): Worker {
    const worker = new Worker(new URL('./checkpoint-thread.ts', import.meta.url), {
      workerData: path,
      execArgv: [],
      resourceLimits: SMALL,
    })
    worker.on('message', ({ error }: { error: unknown }) => ended(error))
    worker.on('error', ended)
    worker.on('exit', () => {
      thread = undefined
      ended(new Error('The thread ended'))
    })
    return worker
  }

  function ended(error: unknown): void {
    if (finish === undefined) return
    // Trying again at once makes no sense. In the end the writer would have to do it itself.
    due = error === null ? PAGES : due + PAGES
    if (error !== null) log.warn({ err: error }, 'The write-ahead log could not be copied into the data file')
    thread?.unref()
    finish()
    finish = undefined
    running = undefined
  }

  function run(): Promise<void> {
    if (running !== undefined) return running
    const { promise, resolve } = Promise.withResolvers<void>()
    running = promise
    finish = resolve
    // In a turn of its own: a start takes some milliseconds, and so did what the writer has just done.
    setImmediate(begin)
    return promise
  }

  async function caughtUp(): Promise<void> {
    if (running === undefined) return
    // The one under way may have begun before the last commit. What another connection's reader holds back stays so.
    for (let turn = 0; turn < 2 && isTooLong(); turn++) await run()
  }

  function isTooLong(): boolean {
    const { log: pages = 0, checkpointed = 0 } = length.get() ?? {}
    return pages >= TOO_LONG * due && pages > checkpointed
  }

  function begin(): void {
    try {
      thread ??= start()
      thread.ref()
      thread.postMessage('checkpoint')
    } catch (error) {
      ended(error)
    }
  }

  return {
    afterWrite() {
      if (running !== undefined) return
      const { log: pages = 0, checkpointed = 0 } = length.get() ?? {}
      // What was written meanwhile is left: the log begins anew only once all of it has been copied.
      if (pages >= due && pages > checkpointed) void run()
    },
    settled: async () => running,
    caughtUp,
    run,
    async close() {
      await running
      const closing = thread
      if (closing === undefined) return
      const exit = new Promise((resolve) => closing.once('exit', resolve))
      closing.ref()
      closing.postMessage('close')
      await exit
    },
  }
}
