import { Worker } from 'node:worker_threads'
import type { Log } from '../../../base/log.ts'
import type { Connection } from './connection.ts'

export interface CheckpointsOptions {
  readonly path: string
  /** Any connection to the file. */
  readonly db: Connection
  readonly log: Pick<Log, 'warn'>
}

/** Pages have 4 kB. A page that was written many times is copied only once. */
const PAGES = 2048
/** Writers wait when the log is this many times as long as the length that starts a checkpoint. */
const TOO_LONG = 2
/** A small heap is enough, because the thread only waits for SQLite. */
const SMALL = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 }

/**
 * Copies the write-ahead log into the data file, in its own thread. A checkpoint waits for the disk: usually 7 ms, and 300
 * ms on a busy disk. Within a commit it would block the gateway for that time.
 */
export class Checkpoints {
  readonly #path: string
  readonly #log: CheckpointsOptions['log']
  readonly #length
  #thread: Worker | undefined
  #running: Promise<void> | undefined
  #finish: (() => void) | undefined
  #due = PAGES

  constructor({ path, db, log }: CheckpointsOptions) {
    this.#path = path
    this.#log = log
    this.#length = db.prepare<[], { log: number; checkpointed: number }>('PRAGMA wal_checkpoint(NOOP)')
  }

  /** Call after each write. Starts a checkpoint if the log is long, and returns at once. */
  afterWrite(): void {
    if (this.#running !== undefined) return
    // Later writes are still in the log, which restarts only after all of it has been copied.
    if (this.#isLong(this.#due)) void this.run()
  }

  /** Resolves when no checkpoint runs. Long writes await it, because the log would otherwise grow without limit. */
  async settled(): Promise<void> {
    await this.#running
  }

  /**
   * Resolves at once, unless checkpoints cannot keep up with the writes: then when the log can restart. Await it before a
   * write that can wait.
   */
  async caughtUp(): Promise<void> {
    if (this.#running === undefined) return
    // A running checkpoint may have begun before the last commit. A reader of another connection can hold back more.
    for (let turn = 0; turn < 2 && this.#isLong(TOO_LONG * this.#due); turn++) await this.run()
  }

  /** Starts a checkpoint for a log of any length. Resolves when it is done or has failed. */
  run(): Promise<void> {
    if (this.#running !== undefined) return this.#running
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#running = promise
    this.#finish = resolve
    // In a separate turn, because starting the thread takes some milliseconds, like the write before it.
    setImmediate(() => this.#begin())
    return promise
  }

  /** Afterwards the thread has closed the file. */
  async close(): Promise<void> {
    await this.#running
    const closing = this.#thread
    if (closing === undefined) return
    const exit = new Promise((resolve) => closing.once('exit', resolve))
    closing.ref()
    closing.postMessage('close')
    await exit
  }

  #isLong(most: number): boolean {
    const { log: pages = 0, checkpointed = 0 } = this.#length.get() ?? {}
    return pages >= most && pages > checkpointed
  }

  #begin(): void {
    try {
      this.#thread ??= this.#start()
      this.#thread.ref()
      this.#thread.postMessage('checkpoint')
    } catch (error) {
      this.#ended(error)
    }
  }

  /** Starts the thread at first use, so that neither the start nor an idle process pays for it. */
  #start(): Worker {
    const worker = new Worker(new URL('./checkpoint-thread.ts', import.meta.url), {
      workerData: this.#path,
      execArgv: [],
      resourceLimits: SMALL,
    })
    worker.on('message', ({ error }: { error: unknown }) => this.#ended(error))
    worker.on('error', (error) => this.#ended(error))
    worker.on('exit', () => {
      this.#thread = undefined
      this.#ended(new Error('The thread ended'))
    })
    return worker
  }

  #ended(error: unknown): void {
    if (this.#finish === undefined) return
    // An immediate retry would fail again. If none succeeds, a commit does the checkpoint itself.
    this.#due = error === null ? PAGES : this.#due + PAGES
    if (error !== null) this.#log.warn({ err: error }, 'could not copy the write-ahead log into the data file')
    this.#thread?.unref()
    this.#finish()
    this.#finish = undefined
    this.#running = undefined
  }
}
