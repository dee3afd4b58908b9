import type { Transferable } from 'node:worker_threads'
import { fromWire, toWire, type WireError } from './wire-error.ts'

/** The operations that one thread offers to the other, by name. Arguments and results are copied. */
export type Calls = { readonly [Name in string]: (...args: never[]) => Promise<unknown> }

/** The methods that a Worker and a MessagePort share. */
export interface Port {
  postMessage(message: unknown, transfer: readonly Transferable[]): void
  on(event: 'message', listener: (message: Message) => void): unknown
}

type Message =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly args: readonly unknown[] }
  | { readonly kind: 'tell'; readonly name: string; readonly args: readonly unknown[] }
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: WireError }

interface Waiting {
  resolve(value: never): void
  reject(error: unknown): void
}

/**
 * Calls between two threads, both ways over one port. Calls and answers arrive in the order in which they were sent. A
 * stream in an argument or a result (or in a property of it) is transferred: the other thread reads and cancels it.
 */
export class Rpc<Theirs extends Calls> {
  readonly #port: Port
  readonly #ours: Calls
  readonly #waiting = new Map<number, Waiting>()
  #last = 0
  #ended: Error | undefined

  constructor(port: Port, ours: Calls) {
    this.#port = port
    this.#ours = ours
    port.on('message', (message) => this.#take(message))
  }

  /** Rejects with the other thread's error (a PersonError stays one), or when that thread ends before it answers. */
  call<Name extends keyof Theirs & string>(name: Name, ...args: Parameters<Theirs[Name]>): ReturnType<Theirs[Name]> {
    const answer = new Promise<never>((resolve, reject) => {
      if (this.#ended !== undefined) throw this.#ended
      const id = ++this.#last
      this.#send({ kind: 'call', id, name, args }, args)
      this.#waiting.set(id, { resolve, reject })
    })
    return answer as ReturnType<Theirs[Name]>
  }

  /** Calls without an answer. If the operation fails, the other thread handles the error. */
  tell<Name extends keyof Theirs & string>(name: Name, ...args: Parameters<Theirs[Name]>): void {
    if (this.#ended === undefined) this.#send({ kind: 'tell', name, args }, args)
  }

  /** The other thread has ended: rejects open calls and all later ones. */
  end(error: Error): void {
    this.#ended ??= error
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }

  #take(message: Message): void {
    if (message.kind === 'call') void this.#answer(message)
    else if (message.kind === 'tell') void this.#run(message)
    else this.#settle(message)
  }

  #settle(message: Extract<Message, { kind: 'done' | 'failed' }>): void {
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (message.kind === 'done') waiting?.resolve(message.value as never)
    else waiting?.reject(fromWire(message.error))
  }

  async #answer(call: Extract<Message, { kind: 'call' }>): Promise<void> {
    try {
      const value = await this.#run(call)
      this.#send({ kind: 'done', id: call.id, value }, [value])
    } catch (error) {
      this.#send({ kind: 'failed', id: call.id, error: toWire(error) }, [])
    }
  }

  async #run({ name, args }: { readonly name: string; readonly args: readonly unknown[] }): Promise<unknown> {
    const own = Object.hasOwn(this.#ours, name) ? this.#ours[name] : undefined
    if (own === undefined) throw new Error(`this thread has no operation ${name}`)
    return (own as (...given: readonly unknown[]) => Promise<unknown>)(...args)
  }

  #send(message: Message, values: readonly unknown[]): void {
    this.#port.postMessage(message, values.flatMap(streamsIn))
  }
}

function streamsIn(value: unknown): Transferable[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).filter(isStream)
}

function isStream(value: unknown): value is Transferable {
  return value instanceof ReadableStream
}
