import type { RemoteModels } from '#shared/upstreams/remote-models.ts'
import type { ClientConnection } from './client/client-connection.ts'
import type { ExchangeContext } from './exchange-context.ts'
import { IndexedList } from './indexed-list.ts'
import type { Failures, Recorder } from './ports.ts'
import { toRecord } from './record.ts'
import { refuse } from './refuse.ts'
import { tokensUsed } from './token-use.ts'

export interface RunningExchangesOptions {
  readonly recorder: Recorder
  readonly failures: Failures
  readonly remote: RemoteModels
}

const DRAIN_LOOK_MS = 20

/** The exchanges that run: each is kept from its head until it has released what it holds and its record is passed on. */
export class RunningExchanges implements Iterable<ExchangeContext> {
  readonly #options: RunningExchangesOptions
  readonly #all = new IndexedList<ExchangeContext>()

  constructor(options: RunningExchangesOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#all.size
  }

  [Symbol.iterator](): Iterator<ExchangeContext> {
    return this.#all[Symbol.iterator]()
  }

  add(context: ExchangeContext): void {
    this.#all.add(context)
    context.response.on('close', () => this.#onClosed(context))
  }

  /** Cuts those of which this is true. */
  end(reason: string, isMeant: (context: ExchangeContext) => boolean): void {
    for (const context of this.#all) if (isMeant(context)) endExchange(context, reason)
  }

  /** Their client has left. node:http notifies them itself, unless it handed over the socket because of a CONNECT. */
  leave(connection: ClientConnection): void {
    if (connection.running === 0) return
    for (const context of this.#all) if (context.connection === connection) this.#onClosed(context)
  }

  /** Resolves when none runs any more, at the latest after so long. */
  async untilIdle(withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs
    while (this.#all.size > 0 && performance.now() < deadline) await pause(DRAIN_LOOK_MS)
  }

  /** Handles an internal error. The exchange gets no complete answer, unless it has one already. */
  readonly fail = (context: ExchangeContext, error: unknown): void => {
    const { failures } = this.#options
    failures.note(error, context.id)
    const { forwarding, response } = context
    try {
      const refusal = { refused: 'internal_error' } as const
      if (forwarding !== undefined) forwarding.refuseBody(refusal)
      else refuse(context, refusal)
    } catch (second) {
      failures.note(second, context.id)
    }
    if (!response.writableEnded) response.destroy()
  }

  #onClosed(context: ExchangeContext): void {
    const { forwarding, response } = context
    try {
      if (forwarding !== undefined) forwarding.onClientClosed()
      else noteLeaving(context)
    } catch (error) {
      this.#options.failures.note(error, context.id)
    }
    if (forwarding !== undefined || response.writableEnded) this.#finish(context)
    // The reader of the body learns only now that the client left, and writes it into the context.
    else queueMicrotask(() => this.#finish(context))
  }

  /**
   * Runs after the client has its answer or left. Whatever fails here, the exchange releases what it holds. Open routes
   * and preflights have no key and leave no record.
   */
  #finish(context: ExchangeContext): void {
    if (!this.#all.delete(context)) return
    const { recorder, failures, remote } = this.#options
    const now = performance.now()
    try {
      if (context.changesModels) remote.changing(-1)
      giveBack(context, now)
      const keyless = context.key === undefined && context.outcome === 'ok'
      if (!keyless) recorder.record(toRecord(context, now), context.address, context.headers['user-agent'])
    } catch (error) {
      failures.note(error, context.id)
    }
    context.connection.end(context)
  }
}

function giveBack(context: ExchangeContext, now: number): void {
  try {
    context.heldBody?.release()
  } finally {
    context.lease?.end(tokensUsed(context, now))
  }
}

/** Records a client that left while its body was judged, before forwarding began. */
function noteLeaving(context: ExchangeContext): void {
  const leaves = context.key !== undefined && context.outcome === 'ok' && !context.response.headersSent
  if (leaves) context.outcome = 'client_aborted'
}

/** Before forwarding, only the connection of an exchange can be cut. */
function endExchange(context: ExchangeContext, reason: string): void {
  if (context.forwarding !== undefined) return context.forwarding.cut(reason)
  context.outcome = 'cut_off'
  context.reason = reason
  context.response.destroy()
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
