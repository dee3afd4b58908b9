import { Worker } from 'node:worker_threads'
import type { AppEvent } from '#shared/console-api/events.ts'
import type { AppState } from '#shared/console-api/state.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Log } from '../../base/log.ts'
import type { CoreCalls, CoreStart, ShellCalls, Snapshot } from './calls.ts'
import { plainRequest, responseOf } from './plain-http.ts'
import { Rpc } from './rpc.ts'
import { fromWire } from './wire-error.ts'

type Listener = (event: AppEvent) => void
export type ShellOperations = Omit<ShellCalls, 'opened' | 'failed' | 'tell'>

export interface RemoteCoreOptions {
  readonly start: CoreStart
  /** The operations that the core may call. */
  readonly shell: ShellOperations
  /** Called when the thread ends unexpectedly after it was open. Every later call is rejected. */
  readonly onDeath: (error: Error) => void
  readonly log: Pick<Log, 'error'>
}

/** The main thread's handle for the core in its thread. State and settings are those of the last event. */
export class RemoteCore {
  readonly #worker: Worker
  readonly #rpc: Rpc<CoreCalls>
  readonly #listeners = new Set<Listener>()
  readonly #opened = Promise.withResolvers<void>()
  readonly #onDeath: RemoteCoreOptions['onDeath']
  readonly #log: RemoteCoreOptions['log']
  #now: Snapshot | undefined
  #failure: Error | undefined
  #isStopping = false

  private constructor({ start, shell, onDeath, log }: RemoteCoreOptions) {
    this.#onDeath = onDeath
    this.#log = log
    this.#worker = new Worker(new URL('./core-thread.ts', import.meta.url), { workerData: start, execArgv: [] })
    this.#rpc = new Rpc<CoreCalls>(this.#worker, {
      ...shell,
      opened: async (first) => {
        this.#now = first
        this.#opened.resolve()
      },
      failed: async (error) => this.#opened.reject(fromWire(error)),
      tell: async (event, now) => this.#tell(event, now),
    } satisfies ShellCalls)
    this.#worker.on('error', (error) => {
      this.#failure = error instanceof Error ? error : new Error(String(error))
    })
    this.#worker.on('exit', (code) => this.#ended(this.#failure ?? new Error(`the core’s thread ended with ${code}`)))
  }

  /** Starts the thread. Resolves when the core is open, and rejects with the error of `createApp`. */
  static async open(options: RemoteCoreOptions): Promise<RemoteCore> {
    const core = new RemoteCore(options)
    try {
      await core.#opened.promise
      return core
    } catch (error) {
      await core.#worker.terminate()
      throw error
    }
  }

  state(): AppState {
    return this.#read().state
  }

  settings(): Settings {
    return this.#read().settings
  }

  /** Returns a function that ends the subscription. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Sends a request of the console to the core. */
  readonly console = async (request: Request): Promise<Response> =>
    responseOf(await this.#rpc.call('console', plainRequest(request)))

  call: Rpc<CoreCalls>['call'] = (name, ...args) => this.#rpc.call(name, ...args)

  tell: Rpc<CoreCalls>['tell'] = (name, ...args) => this.#rpc.tell(name, ...args)

  /** Drains the core and ends its thread. Resolves even if the thread has already died. */
  async stop(drainMs: number): Promise<void> {
    this.#isStopping = true
    try {
      if (this.#failure === undefined) await this.#rpc.call('stop', drainMs)
    } finally {
      await this.#worker.terminate()
    }
  }

  #read(): Snapshot {
    if (this.#now === undefined) throw new Error('the core is not open')
    return this.#now
  }

  #tell(event: AppEvent, now: Snapshot): void {
    this.#now = now
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch (error) {
        // A listener that fails must not keep the event from the others.
        this.#log.error({ err: error, event: event.type }, 'a listener failed')
      }
    }
  }

  #ended(error: Error): void {
    this.#failure = error
    this.#rpc.end(error)
    this.#opened.reject(error)
    if (this.#now !== undefined && !this.#isStopping) this.#onDeath(error)
  }
}
