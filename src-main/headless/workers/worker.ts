import { once } from 'node:events'
import { PersonError } from '#shared/text/person-error.ts'
import type { Siblings } from '../../base/host.ts'
import { catchTheRest } from '../../observability/last-resort.ts'
import { announcementOf } from '../commands/announcement.ts'
import type { CommandContext } from '../commands/command-context.ts'
import { endWithSentence, STOP_SIGNALS } from '../process-end.ts'
import { type Serving, startServing } from '../serving.ts'
import { MAIN_WORKER, type Order, type Question, type Ready, type ToParent, type ToWorker } from './messages.ts'
import { Questions } from './questions.ts'

/** The parent asks the others, which have so long for their answers. */
const SIBLINGS_MS = 10_000

/**
 * One process of `serve --workers`. It does what its parent says, and ends with it: `node:cluster` ends a worker that loses its
 * parent. Resolves when it has stopped.
 */
export async function runWorker(context: CommandContext): Promise<void> {
  const send = process.send?.bind(process)
  if (send === undefined) {
    const sentence = 'This command is part of serve --workers. Run: latchkey serve --workers 2'
    throw new PersonError('not_running', sentence)
  }
  // A terminal sends its signals to the whole group, and systemd to each process. The parent decides what they mean.
  for (const signal of STOP_SIGNALS) process.on(signal, () => undefined)
  process.stderr.on('error', () => undefined)
  const worker = new Worker((message) => void send(message))
  process.on('message', (message: ToWorker) => worker.take(message))
  await worker.run(context)
  process.exit(0)
}

class Worker {
  readonly #send: (message: ToParent) => void
  readonly #order = Promise.withResolvers<Order>()
  readonly #stopAsked = Promise.withResolvers<void>()
  readonly #questions: Questions
  #serving: Serving | undefined

  constructor(send: (message: ToParent) => void) {
    this.#send = send
    this.#questions = new Questions({ send, answer: (question) => this.#answer(question) })
  }

  take(message: ToWorker): void {
    switch (message.kind) {
      case 'serve':
        return this.#order.resolve(message.order)
      case 'reread':
        return this.#reread(message.overriding)
      case 'stop':
        return this.#stopAsked.resolve()
      case 'ask':
      case 'answer':
        return this.#questions.take(message)
    }
  }

  async run(context: CommandContext): Promise<void> {
    const noteTheRest = catchTheRest({ process, atStart: (error) => endWithSentence(error, context) })
    try {
      const order = await this.#order.promise
      Object.assign(context.env, order.env)
      const worker = { number: order.number, siblings: this.#siblings(order) }
      const serving = await startServing({ ...order.options, worker }, context)
      noteTheRest(serving.failures)
      this.#serving = serving
      this.#send({ kind: 'ready', ready: readyOf(serving, order, context) })
      await this.#stopAsked.promise
      await serving.stop()
    } catch (error) {
      await this.#tellFailure(error)
    }
  }

  async #tellFailure(error: unknown): Promise<void> {
    const isForPerson = error instanceof PersonError
    const [code, sentence] = isForPerson ? [error.code, error.message] : [null, String(error)]
    this.#send({ kind: 'failed', code, sentence })
    // The parent ends it when it has read that.
    await once(process, 'disconnect')
  }

  #siblings({ number }: Order): Siblings {
    return {
      isMain: number === MAIN_WORKER,
      metrics: async () => (await this.#questions.ask('metrics', SIBLINGS_MS)) as never,
      changed: (overriding) => this.#send({ kind: 'changed', overriding }),
    }
  }

  async #answer(question: Question): Promise<unknown> {
    return question === 'alive' ? true : this.#serving?.app.siblings.metrics()
  }

  #reread(overriding: Extract<ToWorker, { kind: 'reread' }>['overriding']): void {
    const serving = this.#serving
    serving?.app.siblings.reread(overriding).catch((error: unknown) => serving.failures.note(error))
  }
}

function readyOf(serving: Serving, { number, prints }: Order, { env }: CommandContext): Ready {
  if (number !== MAIN_WORKER) return { out: [], warnings: [], consoleLink: null }
  return { ...announcementOf(serving, { ...prints, env }), consoleLink: serving.consoleLink() }
}
