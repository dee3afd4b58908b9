import type { ExchangeContext } from '../exchange-context.ts'
import type { ClientConnection } from './client-connection.ts'
import type { ClientConnections } from './client-connections.ts'

/** How long the gateway waits for a client in each phase, in milliseconds. */
export const CLIENT_TIMEOUTS = {
  /** For a whole head, from the connection's start or its last answer, until the connection has presented a key. */
  head: 10_000,
  /** For a whole head on a connection that has presented a key. */
  idle: 65_000,
  /**
   * For a client without a valid key, or with a refusal, to receive its answer, which is small and available at once.
   */
  keyless: 10_000,
  /** For the rest of a body after its answer, and for the end of a closing connection. */
  leftover: 5_000,
  /**
   * For the next piece of a body, if the client has a key. An upload can take any time. Two minutes of silence are
   * longer than a change of networks or a short sleep, and no program that is still sending is silent for so long.
   */
  body: 120_000,
} as const

export type ClientTimeouts = { readonly [Phase in keyof typeof CLIENT_TIMEOUTS]: number }

/** Maximum delay of a deadline. */
const LOOK_EVERY_MS = 1_000
const LOOKS_IN_SHORTEST = 4

export interface DeadlineOptions {
  readonly timeouts: ClientTimeouts
  readonly connections: ClientConnections
  readonly running: Iterable<ExchangeContext>
  /** Called when a connection or its first exchange exceeded its time. */
  readonly onLate: (connection: ClientConnection, phase: keyof ClientTimeouts, exchange?: ExchangeContext) => void
}

interface Wait {
  readonly phase: keyof ClientTimeouts
  /** Identifies a wait: while the mark is unchanged, nothing has happened and the same wait continues. */
  readonly mark: unknown
}

/**
 * Ends connections and exchanges whose client is too slow. Checks all connections once a second while there are any. So
 * a request needs no timer and no clock, and an idle process does not wake up.
 */
export class ClientDeadlines {
  readonly #options: DeadlineOptions
  readonly #lookEveryMs: number
  #timer: NodeJS.Timeout | undefined

  constructor(options: DeadlineOptions) {
    this.#options = options
    const shortest = Math.min(...Object.values(options.timeouts))
    this.#lookEveryMs = Math.min(LOOK_EVERY_MS, shortest / LOOKS_IN_SHORTEST)
  }

  /** Call when a connection has opened. */
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
      // Behind another exchange on its connection it waits for that exchange.
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
    } else if (wait !== undefined && now - connection.since >= this.#options.timeouts[wait.phase]) {
      this.#options.onLate(connection, wait.phase, exchange)
    }
  }
}

/** undefined if the gateway does not wait for the client, or the client has a key. */
function waitOfExchange(exchange: ExchangeContext): Wait | undefined {
  const { key, outcome, request } = exchange
  if (key === undefined || outcome === 'refused') return { phase: 'keyless', mark: exchange }
  // Does not count while the upstream slows the body down.
  if (request.complete || request.readableFlowing !== true) return undefined
  return { phase: 'body', mark: request.socket.bytesRead }
}

function waitOfConnection({ isCondemned, reading, taken, hasKey }: ClientConnection): Wait {
  if (isCondemned || reading !== undefined) return { phase: 'leftover', mark: taken }
  return { phase: hasKey ? 'idle' : 'head', mark: taken }
}
