import type { Socket } from 'node:net'
import type { ExchangeContext, OwnConnection } from '../exchange-context.ts'
import type { Indexed } from '../indexed-list.ts'

/** A client's connection: the state that its exchanges share, and what the deadlines recorded. */
export class ClientConnection implements OwnConnection, Indexed {
  readonly socket: Socket
  /** Milliseconds on the monotonic clock. */
  readonly openedAt = performance.now()
  index = -1
  hasKey = false
  /** Exchanges that began on the connection, and those that still run. */
  taken = 0
  running = 0
  /** The last exchange, while it runs or more of its body may arrive. */
  latest: ExchangeContext | undefined = undefined
  /** The thing that the connection waited for at the last check, and since when; at first the head of a request. */
  waitsFor: string | undefined = 'head'
  mark: unknown = 0
  since = this.openedAt
  #isCondemned = false
  #afterLast: (() => void) | undefined

  constructor(socket: Socket) {
    this.socket = socket
  }

  /**
   * True if no further request may run here. Node parses and hands over pipelined requests even after an answer that
   * closes the connection.
   */
  get isCondemned(): boolean {
    return this.#isCondemned
  }

  condemn(): void {
    this.#isCondemned = true
  }

  /** The exchange whose body the next bytes belong to, if any. */
  get reading(): ExchangeContext | undefined {
    return this.latest?.request.complete === false ? this.latest : undefined
  }

  begin(exchange: ExchangeContext): void {
    this.taken += 1
    this.running += 1
    this.latest = exchange
  }

  end(exchange: ExchangeContext): void {
    this.running -= 1
    // Releases the exchange, so that an idle connection keeps none in memory.
    if (this.latest === exchange && exchange.request.complete) this.latest = undefined
    if (this.running > 0 || this.#afterLast === undefined) return
    const afterLast = this.#afterLast
    this.#afterLast = undefined
    afterLast()
  }

  /** Calls back once, when every running exchange has its answer; possibly at once. */
  whenQuiet(listener: () => void): void {
    if (this.running === 0) listener()
    else this.#afterLast ??= listener
  }
}
