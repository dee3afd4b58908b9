import type { Socket } from 'node:net'
import type { ExchangeContext, OwnConnection } from '../exchange-context.ts'
import type { Placed } from '../placed-list.ts'

/** A client's connection: what its exchanges share, and what the deadlines have seen of it. */
export class ClientConnection implements OwnConnection, Placed {
  readonly socket: Socket
  /** On the monotonic clock. */
  readonly openedAt = performance.now()
  place = -1
  hasKey = false
  /** Exchanges that have begun on it, and those of them that are under way. */
  taken = 0
  running = 0
  /** The exchange whose head came last, as long as it is under way or more of its body may come. */
  latest: ExchangeContext | undefined = undefined
  /** What it was waited for when the deadlines looked last, and since when: at first for the head of a request. */
  waitsFor: string | undefined = 'head'
  mark: unknown = 0
  since = this.openedAt
  #isCondemned = false
  #afterLast: (() => void) | undefined

  constructor(socket: Socket) {
    this.socket = socket
  }

  /** Node hands over pipelined requests as soon as they are parsed, also behind an answer that closes the connection. */
  get isCondemned(): boolean {
    return this.#isCondemned
  }

  condemn(): void {
    this.#isCondemned = true
  }

  /** The exchange of which the next bytes are the body, if there is one. */
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
    // Keeps nothing of it in memory while the connection is idle.
    if (this.latest === exchange && exchange.request.complete) this.latest = undefined
    if (this.running > 0 || this.#afterLast === undefined) return
    const afterLast = this.#afterLast
    this.#afterLast = undefined
    afterLast()
  }

  /** Calls back once, when every exchange under way has its answer, which may be at once. */
  whenQuiet(listener: () => void): void {
    if (this.running === 0) listener()
    else this.#afterLast ??= listener
  }
}
