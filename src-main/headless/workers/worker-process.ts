import cluster, { type Worker as ClusterWorker } from 'node:cluster'
import { PersonError, type PersonErrorCode } from '#shared/text/person-error.ts'
import type { Host } from '../../base/host.ts'
import { closeLostConnections } from './handed-connections.ts'
import type { Order, Question, Ready, ToParent, ToWorker } from './messages.ts'
import { Questions } from './questions.ts'

export interface WorkerProcessOptions {
  readonly order: Order
  readonly answer: (question: Question) => Promise<unknown>
  readonly onChanged: (overriding: Host['overrides']) => void
}

/** A worker, as its parent sees it. */
export class WorkerProcess {
  /** Rejects if it could not start, with a PersonError if a person can fix that. */
  readonly ready: Promise<Ready>
  /** Resolves to the signal or the exit code. */
  readonly ended: Promise<string>
  readonly #options: WorkerProcessOptions
  readonly #worker: ClusterWorker
  readonly #questions: Questions
  readonly #ready = Promise.withResolvers<Ready>()

  constructor(options: WorkerProcessOptions) {
    this.#options = options
    this.#worker = cluster.fork()
    closeLostConnections(this.#worker.process)
    this.#questions = new Questions({ send: (message) => this.tell(message), answer: options.answer })
    this.ready = this.#ready.promise
    // Whoever waits for it learns it.
    this.ready.catch(() => undefined)
    const ended = Promise.withResolvers<string>()
    this.ended = ended.promise
    this.#worker.on('message', (message: ToParent) => this.#take(message))
    this.#worker.on('error', () => undefined)
    this.#worker.once('exit', (code: number, signal: string | null) => {
      this.#questions.close()
      this.#ready.reject(new Error(`worker ${options.order.number} ended (${signal ?? code})`))
      ended.resolve(signal ?? String(code))
    })
    this.tell({ kind: 'serve', order: options.order })
  }

  /** Does nothing if it has ended. */
  tell(message: ToWorker): void {
    if (this.#worker.isConnected()) this.#worker.send(message)
  }

  ask(question: Question, withinMs: number): Promise<unknown> {
    return this.#questions.ask(question, withinMs)
  }

  /** Ends it at once. */
  kill(): void {
    this.#worker.process.kill('SIGKILL')
  }

  #take(message: ToParent): void {
    switch (message.kind) {
      case 'ready':
        return this.#ready.resolve(message.ready)
      case 'failed':
        this.#ready.reject(failureOf(message))
        return this.kill()
      case 'changed':
        return this.#options.onChanged(message.overriding)
      case 'ask':
      case 'answer':
        return this.#questions.take(message)
    }
  }
}

function failureOf({ code, sentence }: Extract<ToParent, { kind: 'failed' }>): Error {
  // The worker has the same version, so the code is known.
  return code === null ? new Error(sentence) : new PersonError(code as PersonErrorCode, sentence)
}
