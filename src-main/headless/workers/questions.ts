import type { Question, ToParent, ToWorker } from './messages.ts'

type Asked = Extract<ToWorker | ToParent, { kind: 'ask' }>
type Answered = Extract<ToWorker | ToParent, { kind: 'answer' }>

export interface QuestionsOptions {
  /** Sends a message to the other process. Throws if it has ended. */
  readonly send: (message: Asked | Answered) => void
  /** Answers what the other process asks. */
  readonly answer: (question: Question) => Promise<unknown>
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

/** Questions and answers with one other process, both ways. */
export class Questions {
  readonly #options: QuestionsOptions
  readonly #waiting = new Map<number, Waiting>()
  #last = 0

  constructor(options: QuestionsOptions) {
    this.#options = options
  }

  /** Rejects if the other process cannot answer, has ended, or takes longer. */
  ask(question: Question, withinMs: number): Promise<unknown> {
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => this.#end(id)?.reject(new Error(`no answer to ${question}`)), withinMs)
      const settle = (work: () => void) => {
        clearTimeout(deadline)
        work()
      }
      this.#waiting.set(id, {
        resolve: (answer) => settle(() => resolve(answer)),
        reject: (error) => settle(() => reject(error)),
      })
      this.#send({ kind: 'ask', id, question })
    })
  }

  /** Call it for each message of these kinds. */
  take(message: Asked | Answered): void {
    if (message.kind === 'ask') return void this.#answer(message)
    const waiting = this.#end(message.id)
    if (message.failure === undefined) waiting?.resolve(message.value)
    else waiting?.reject(new Error(message.failure))
  }

  /** The other process has ended. */
  close(): void {
    for (const id of this.#waiting.keys()) this.#end(id)?.reject(new Error('the other process has ended'))
  }

  async #answer({ id, question }: Asked): Promise<void> {
    try {
      this.#send({ kind: 'answer', id, value: await this.#options.answer(question) })
    } catch (error) {
      this.#send({ kind: 'answer', id, failure: String(error) })
    }
  }

  #send(message: Asked | Answered): void {
    try {
      this.#options.send(message)
    } catch {
      this.close()
    }
  }

  #end(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    return waiting
  }
}
