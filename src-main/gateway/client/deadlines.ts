import type { ExchangeContext } from '../exchange-context.ts'
import type { PlacedList } from '../placed-list.ts'
import type { ClientConnection } from './client-connection.ts'
import type { ClientConnections } from './client-connections.ts'

/** How long the gateway waits for a client, in milliseconds, by what it waits for. */
export const PATIENCE = {
  /** A whole head, from the opening of a connection or from its last answer, as long as it has presented no key. */
  head: 10_000,
  /** The same on a connection that has presented a key. */
  idle: 65_000,
  /** A client without a valid key, or one that was refused, to take its answer: that is small, and made at once. */
  keyless: 10_000,
  /** The rest of a body that has its answer, and the end of a connection that is being closed. */
  leftover: 5_000,
  /**
   * The next piece of a body, of a client with a key. An upload may take as long as it needs. Two minutes of silence are
   * longer than a change of networks or a moment of sleep, and no program that still sends is silent for so long.
   */
  body: 120_000,
} as const

export type Patience = { readonly [Phase in keyof typeof PATIENCE]: number }

/** How late a deadline may be. */
const LOOK_EVERY_MS = 1_000
const LOOKS_IN_SHORTEST = 4

export interface DeadlineOptions {
  readonly patience: Patience
  readonly connections: ClientConnections
  readonly running: PlacedList<ExchangeContext>
  /** A connection or its first exchange has used up its time. */
  readonly onLate: (connection: ClientConnection, phase: keyof Patience, exchange?: ExchangeContext) => void
}

interface Wait {
  readonly phase: keyof Patience
  /** While it stays the same, the wait is the same one, and nothing has happened in it. */
  readonly mark: unknown
}

/**
 * Ends what a client keeps waiting. Every connection is looked at once a second, as long as there are any: that costs
 * requests nothing, no timer and no look at the clock, and an idle process does not wake.
 */
export class Deadlines {
  readonly #options: DeadlineOptions
  readonly #lookEveryMs: number
  #timer: NodeJS.Timeout | undefined

  constructor(options: DeadlineOptions) {
    this.#options = options
    const shortest = Math.min(...Object.values(options.patience))
    this.#lookEveryMs = Math.min(LOOK_EVERY_MS, shortest / LOOKS_IN_SHORTEST)
  }

  /** To be called when a connection has opened. */
  watch(): void {
    this.#timer ??= setInterval(() => this.#look(), this.#lookEveryMs).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    const { connections, running } = this.#options
    if (connections.size === 0) return this.stop()
    const now = performance.now()
    for (const exchange of running) {
      const { socket } = exchange.response
      // Behind another exchange on its connection it waits for that one.
      const connection = socket === null ? undefined : connections.of(socket)
      if (connection !== undefined) this.#judge(connection, now, waitOfExchange(exchange), exchange)
    }
    for (const connection of connections)
      if (connection.running === 0) this.#judge(connection, now, waitOfConnection(connection))
  }

  #judge(connection: ClientConnection, now: number, wait: Wait | undefined, exchange?: ExchangeContext): void {
    if (wait?.phase !== connection.waitsFor || wait?.mark !== connection.mark) {
      connection.waitsFor = wait?.phase
      connection.mark = wait?.mark
      connection.since = now
    } else if (wait !== undefined && now - connection.since >= this.#options.patience[wait.phase]) {
      this.#options.onLate(connection, wait.phase, exchange)
    }
  }
}

/** undefined: its client has a key and is not waited for. */
function waitOfExchange(exchange: ExchangeContext): Wait | undefined {
  const { key, outcome, request } = exchange
  if (key === undefined || outcome === 'refused') return { phase: 'keyless', mark: exchange }
  // Not while the upstream holds the body back.
  if (request.complete || request.readableFlowing !== true) return undefined
  return { phase: 'body', mark: request.socket.bytesRead }
}

function waitOfConnection({ isCondemned, reading, taken, hasKey }: ClientConnection): Wait {
  if (isCondemned || reading !== undefined) return { phase: 'leftover', mark: taken }
  return { phase: hasKey ? 'idle' : 'head', mark: taken }
}
