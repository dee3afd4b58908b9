import { Worker } from 'node:worker_threads'
import type { Log } from '../../../base/log.ts'
import type { Connection } from './connection.ts'

export interface CheckpointsOptions {
  readonly path: string
  /** Any connection to the file. */
  readonly db: Connection
  readonly log: Pick<Log, 'warn'>
}

/** Of 4 kB. A page that is written again and again is copied once for all of them. */
const PAGES = 2048
/** So many times of what is due, and who writes waits. */
const TOO_LONG = 2
/** The thread does nothing but wait for SQLite. */
const SMALL = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 }

/**
 * Copies the write-ahead log back into the file, in a thread of its own: it waits for the disk, 7 ms as a rule and 300
 * on a busy one, and within a commit the gateway would stand still for as long.
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

  /** Call it after writing. Begins one when the log has grown long, and returns at once. */
  afterWrite(): void {
    if (this.#running !== undefined) return
    // What was written meanwhile is left: the log begins anew only once all of it has been copied.
    if (this.#isLong(this.#due)) void this.run()
  }

  /** Resolves when none is under way. Who writes much waits for it, or the log would never come to an end. */
  async settled(): Promise<void> {
    await this.#running
  }

  /**
   * Resolves at once, but where copying does not keep up with what is written: then once the log can begin anew. Await
   * it before a write that can wait.
   */
  async caughtUp(): Promise<void> {
    if (this.#running === undefined) return
    // The one under way may have begun before the last commit. What another connection's reader holds back stays so.
    for (let turn = 0; turn < 2 && this.#isLong(TOO_LONG * this.#due); turn++) await this.run()
  }

  /** Begins one whatever the length of the log; resolves when it is done, or has failed. */
  run(): Promise<void> {
    if (this.#running !== undefined) return this.#running
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#running = promise
    this.#finish = resolve
    // In a turn of its own: a start takes some milliseconds, and so did what the writer has just done.
    setImmediate(() => this.#begin())
    return promise
  }

  /** The file is then closed on this side. */
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

  /** Not before there is need of it: a start is not made slower, and a computer at rest has no thread more. */
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
    // Trying again at once makes no sense. In the end the writer would have to do it itself.
    this.#due = error === null ? PAGES : this.#due + PAGES
    if (error !== null) this.#log.warn({ err: error }, 'The write-ahead log could not be copied into the data file')
    this.#thread?.unref()
    this.#finish()
    this.#finish = undefined
    this.#running = undefined
  }
}
