import type { Socket } from 'node:net'
import {
  type Call,
  type CallListener,
  type CallRequest,
  ConnectionLost,
  type OpenTransport,
  type Transport,
  type TransportOptions,
  type UpstreamDeadlines,
  UpstreamTimeout,
} from '../transport.ts'
import { Connection } from './connection.ts'
import { Http1Call } from './http1-call.ts'
import { type SocketOpener, socketOpener } from './open-socket.ts'
import { requestHead } from './request-head.ts'

// Go's HTTP server, which Ollama uses, keeps idle connections open. The gateway closes them first, so that no request is
// sent on a connection that the upstream is closing.
const IDLE_MS = 10_000
// If the upstream announces a timeout, the gateway closes the connection a little earlier.
const IDLE_MARGIN_MS = 1_000
const SWEEP_MS = 1_000

/** Connections to one upstream, kept between requests. There are as many as simultaneous requests. */
class ConnectionPool implements Transport {
  readonly #opener: SocketOpener
  readonly #deadlines: UpstreamDeadlines
  readonly #all = new Set<Connection>()
  /** The most recently used connection is last and is taken next, so that unneeded ones expire at the front. */
  readonly #idle: Connection[] = []
  #closed = false
  #sweep: NodeJS.Timeout | undefined

  constructor({ url, certificate, deadlines }: TransportOptions) {
    this.#opener = socketOpener(url, certificate)
    this.#deadlines = deadlines
  }

  call(request: CallRequest, listener: CallListener): Call {
    const head = requestHead(request)
    const kept = request.needsNewConnection ? undefined : this.#takeIdle()
    return new Http1Call({ request, head, connection: kept ?? this.#connect(), listener })
  }

  close(): void {
    this.#closed = true
    for (const connection of this.#idle.splice(0)) connection.abandon()
  }

  destroy(): void {
    this.close()
    for (const connection of this.#all) connection.fail(new ConnectionLost('the gateway is closing'))
  }

  #takeIdle(): Connection | undefined {
    const now = performance.now()
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (!isStale(connection, now)) return connection
      connection.abandon()
    }
    return undefined
  }

  #connect(): Connection {
    const { open, openedBy } = this.#opener
    const socket = open((bytes, length) => connection.take(bytes, length))
    socket.setNoDelay(true)
    // Otherwise nothing reports an upstream that is switched off or leaves the network during an answer.
    socket.setKeepAlive(true, this.#deadlines.keepAliveMs)
    destroyUnlessOpen(socket, openedBy, this.#deadlines.connectMs)
    const connection: Connection = new Connection({
      socket,
      deadlines: this.#deadlines,
      onFree: (free) => this.#keep(free),
      onGone: (gone) => this.#forget(gone),
    })
    socket.once(openedBy, () => (connection.isOpen = true))
    this.#all.add(connection)
    this.#sweep ??= setInterval(() => this.#look(), SWEEP_MS).unref()
    return connection
  }

  #keep(connection: Connection): void {
    if (this.#closed) return connection.abandon()
    connection.idleSince = performance.now()
    this.#idle.push(connection)
  }

  #forget(connection: Connection): void {
    this.#all.delete(connection)
    const at = this.#idle.indexOf(connection)
    if (at >= 0) this.#idle.splice(at, 1)
  }

  /** Runs once a second while there are connections, because a timer per request would slow down every request. */
  #look(): void {
    const now = performance.now()
    for (const connection of this.#idle.filter((one) => isStale(one, now))) connection.abandon()
    for (const connection of this.#all) connection.checkPace(now)
    if (this.#all.size > 0) return
    // The next connection starts it again. Until then the process can sleep.
    clearInterval(this.#sweep)
    this.#sweep = undefined
  }
}

/** Latchkey's own HTTP/1.1 client, with or without TLS (docs/decisions/0001-own-http-client.md). */
export const openHttp1: OpenTransport = (options) => new ConnectionPool(options)

/** Uses its own timer, because a timeout of the socket would be restarted by every piece. */
function destroyUnlessOpen(socket: Socket, openedBy: 'connect' | 'secureConnect', withinMs: number): void {
  const late = () => socket.destroy(new UpstreamTimeout(socket.connecting ? 'connect' : 'handshake'))
  const timer = setTimeout(late, withinMs).unref()
  const stop = () => clearTimeout(timer)
  socket.once(openedBy, stop).once('close', stop)
}

function isStale(connection: Connection, now: number): boolean {
  return now - connection.idleSince >= Math.min(IDLE_MS, connection.idleMs - IDLE_MARGIN_MS)
}
