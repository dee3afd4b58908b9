import type { Socket } from 'node:net'
import type { Revocation } from '#shared/gateway/decisions.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { RemoteModels } from '#shared/upstreams/remote-models.ts'
import type { ProbeAnswer } from '#shared/upstreams/version-answer.ts'
import { HeldBodies } from './body/held-bodies.ts'
import { answerConnect, answerSlowHead, answerUnreadable } from './client/answer-unreadable.ts'
import type { ClientConnection } from './client/client-connection.ts'
import { ClientConnections } from './client/client-connections.ts'
import { CLIENT_TIMEOUTS, ClientDeadlines, type ClientTimeouts } from './client/client-deadlines.ts'
import { endUnreadableBody } from './client/end-unreadable-body.ts'
import type { GuardedResponse, LeanRequest } from './client/lean-request.ts'
import { type Listener, openListeners, portOf, stopListening } from './client/listeners.ts'
import { ExchangeContext } from './exchange-context.ts'
import { Upstream } from './forward/upstream.ts'
import { IndexedList } from './indexed-list.ts'
import { runPipeline } from './pipeline.ts'
import type { Access, Failures, GatewayConfig, OwnRoutes, Pairing, Recorder } from './ports.ts'
import { toRecord } from './record.ts'
import { refuse } from './refuse.ts'
import { newRequestId } from './request-id.ts'
import type { StepServices } from './steps/step.ts'
import { tokensUsed } from './token-use.ts'
import type { OpenTransport, UpstreamDeadlines } from './transport.ts'

export interface GatewayOptions {
  readonly access: Access
  readonly recorder: Recorder
  readonly own: OwnRoutes
  /** Absent if no app can get a key by pairing. */
  readonly pairing?: Pairing
  /** Absent if only a model's name shows where it runs. */
  readonly remote?: RemoteModels
  /** The current settings; called for each request. */
  readonly config: () => GatewayConfig
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number
  readonly failures: Failures
  /** The HTTP client towards the upstream. */
  readonly openTransport: OpenTransport
  /** For tests, which cannot wait for the real timeouts. */
  readonly timeouts?: Partial<ClientTimeouts>
  readonly upstreamDeadlines?: Partial<UpstreamDeadlines>
}

const NAMES_ONLY: RemoteModels = { locationOf: () => 'local', changing: () => undefined }
const NO_PAIRING: Pairing = { answer: () => undefined }
const DRAIN_LOOK_MS = 20
const LAST_RECORDS_MS = 1_000

/** The data path: listens, runs each request through the pipeline, and passes its record to the recorder. */
export class Gateway {
  readonly #options: GatewayOptions
  readonly #upstream: Upstream
  readonly #bodies = new HeldBodies()
  readonly #connections = new ClientConnections()
  readonly #running = new IndexedList<ExchangeContext>()
  readonly #deadlines: ClientDeadlines
  #listeners: readonly Listener[] = []
  /** The hosts of the last `listen`, including those that this computer does not have. */
  #hosts: readonly string[] = []
  readonly #services: StepServices
  readonly #stopWatching: () => void

  constructor(options: GatewayOptions) {
    this.#options = options
    const { config, now, openTransport, upstreamDeadlines } = options
    this.#upstream = new Upstream({ config, now, openTransport, deadlines: upstreamDeadlines })
    this.#services = {
      access: options.access,
      upstream: this.#upstream,
      bodies: this.#bodies,
      remote: options.remote ?? NAMES_ONLY,
      own: options.own,
      pairing: options.pairing ?? NO_PAIRING,
      config: options.config,
    }
    this.#deadlines = new ClientDeadlines({
      timeouts: { ...CLIENT_TIMEOUTS, ...options.timeouts },
      connections: this.#connections,
      running: this.#running,
      onLate: (connection, phase, exchange) => this.#endLate(connection, phase, exchange),
    })
    this.#stopWatching = options.access.onRevoked((revocation) => this.#endRevoked(revocation))
  }

  /** The port; 0 if the gateway does not listen. */
  get port(): number {
    return portOf(this.#listeners)
  }

  /** The addresses on which the gateway listens. */
  get hosts(): string[] {
    return this.#listeners.map(({ host }) => host)
  }

  /** The number of running exchanges. */
  get running(): number {
    return this.#running.size
  }

  /**
   * Listens on a port of every given host (`127.0.0.1`, `::1`) that this computer has; 0 is any free port. A further
   * call moves the gateway: it closes the old port after the new one is open, and exchanges on the old port may finish;
   * a host that is no longer given ends at once with all its exchanges. Throws the system's error, such as
   * `EADDRINUSE`, or `no_address`, and then listens as before.
   */
  async listen({ hosts, port }: { hosts: readonly string[]; port: number }): Promise<{ port: number }> {
    const staying = port !== 0 && port === this.port ? this.#listeners.filter(({ host }) => hosts.includes(host)) : []
    const added = hosts.filter((host) => staying.every((listener) => listener.host !== host))
    const listeners = [...staying, ...(await this.#open(added, port))]
    if (listeners.length === 0)
      throw new PersonError(
        'no_address',
        'This computer has none of the addresses on which Latchkey should listen. Correct the addresses in the settings.',
      )
    const leaving = this.#listeners.filter((listener) => !staying.includes(listener))
    this.#listeners = listeners
    this.#hosts = hosts
    for (const listener of leaving) stopListening(listener)
    this.#endElsewhere(leaving)
    return { port: portOf(listeners) }
  }

  #open(hosts: readonly string[], port: number): Promise<Listener[]> {
    return openListeners(hosts, port, {
      connection: (socket) => this.#accept(socket),
      request: (request, response, expectsContinue, host) => this.#take(request, response, expectsContinue, host),
      clientError: (error, socket) => this.#onUnreadable(error, this.#connectionOf(socket)),
      connect: (socket) => answerConnect({ ...this.#options, connection: this.#connectionOf(socket) }),
      failed: (error, socket) => {
        this.#options.failures.note(error)
        socket?.destroy()
      },
    })
  }

  #accept(socket: Socket): void {
    const connection = this.#connections.open(socket)
    this.#deadlines.watch()
    socket.once('close', () => this.#leave(connection))
  }

  #connectionOf(socket: Socket): ClientConnection {
    const connection = this.#connections.of(socket)
    if (connection === undefined) throw new TypeError('a connection was never accepted')
    return connection
  }

  /** node:http notifies the exchanges itself, unless it handed over the socket because of a CONNECT. */
  #leave(connection: ClientConnection): void {
    this.#connections.close(connection)
    if (connection.running === 0) return
    for (const context of this.#running) if (context.connection === connection) this.#onClosed(context)
  }

  /** The unreadable bytes are either the body of a running exchange or another request after it. */
  #onUnreadable(error: NodeJS.ErrnoException, connection: ClientConnection): void {
    const { socket, running, reading: exchange } = connection
    // Like node:http after complete requests: a client that closed its side does not receive a running answer.
    if (error.code === 'ECONNRESET' || (socket.readableEnded && running > 0)) return void socket.destroy()
    if (exchange === undefined) answerUnreadable({ ...this.#options, connection, error })
    else endUnreadableBody(exchange, connection)
  }

  #endLate(connection: ClientConnection, phase: keyof ClientTimeouts, exchange: ExchangeContext | undefined): void {
    if (phase === 'head') return answerSlowHead({ ...this.#options, connection })
    if (phase !== 'body' || exchange === undefined) return void connection.socket.destroy()
    const refusal = { refused: 'request_timeout' } as const
    if (exchange.forwarding !== undefined) exchange.forwarding.refuseBody(refusal)
    else refuse(exchange, refusal)
  }

  /**
   * Ends exchanges on hosts that are no longer given, because a client without access must not receive the rest of its
   * answer.
   */
  #endElsewhere(leaving: readonly Listener[]): void {
    const hosts = this.#hosts
    for (const context of this.#running) if (!hosts.includes(context.host)) endExchange(context, 'address_closed')
    for (const { host, server } of leaving) if (!hosts.includes(host)) server.closeAllConnections()
  }

  /**
   * GETs a path of the upstream, or POSTs JSON, over the gateway's own connections. undefined if it does not answer.
   */
  probe(path: string, body?: string): Promise<ProbeAnswer> {
    return this.#upstream.probe(path, body)
  }

  /** Stops listening, waits up to `drainMs` for running exchanges, then ends them. */
  async close(drainMs: number): Promise<void> {
    const listeners = this.#listeners
    this.#listeners = []
    // Connections that clients keep open bring no new requests either.
    this.#hosts = []
    for (const listener of listeners) stopListening(listener)
    await this.#untilIdle(drainMs)
    for (const context of this.#running) endExchange(context, 'shutting_down')
    // A browser can hold an unused socket for half a minute.
    for (const { server } of listeners) server.closeAllConnections()
    // Exchanges that were just ended are recorded when their connection has closed, a moment later.
    await this.#untilIdle(LAST_RECORDS_MS)
    this.#stopWatching()
    this.#deadlines.stop()
    this.#upstream.close()
  }

  async #untilIdle(withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs
    while (this.#running.size > 0 && performance.now() < deadline) await pause(DRAIN_LOOK_MS)
  }

  #take(request: LeanRequest, response: GuardedResponse, expectsContinue: boolean, host: string): void {
    const connection = this.#connectionOf(request.socket)
    if (connection.isCondemned) return
    // A connection to the old port can outlive its listen address.
    if (!this.#hosts.includes(host)) return void request.socket.destroy()
    const context = new ExchangeContext({
      request,
      response,
      connection,
      host,
      config: this.#options.config(),
      id: newRequestId(),
      time: this.#options.now(),
      startedAt: performance.now(),
      onFail: this.#fail,
    })
    context.expectsContinue = expectsContinue
    request.exchange = context
    connection.begin(context)
    this.#running.add(context)
    response.on('close', () => this.#onClosed(context))
    runPipeline(context, this.#services)
  }

  /** Handles an internal error. The exchange gets no complete answer, unless it has one already. */
  readonly #fail = (context: ExchangeContext, error: unknown): void => {
    this.#options.failures.note(error, context.id)
    const { forwarding, response } = context
    try {
      const refusal = { refused: 'internal_error' } as const
      if (forwarding !== undefined) forwarding.refuseBody(refusal)
      else refuse(context, refusal)
    } catch (second) {
      this.#options.failures.note(second, context.id)
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
    if (!this.#running.delete(context)) return
    const now = performance.now()
    try {
      if (context.changesModels) this.#services.remote.changing(-1)
      giveBack(context, now)
      const keyless = context.key === undefined && context.outcome === 'ok'
      if (!keyless) this.#options.recorder.record(toRecord(context, now), context.address)
    } catch (error) {
      this.#options.failures.note(error, context.id)
    }
    context.connection.end(context)
  }

  #endRevoked(revocation: Revocation): void {
    for (const context of this.#running) {
      if ('keyId' in revocation) {
        if (context.key?.id === revocation.keyId) endExchange(context, 'key_revoked')
      } else if (context.origin === revocation.origin) {
        endExchange(context, 'origin_blocked')
      }
    }
  }
}

export function createGateway(options: GatewayOptions): Gateway {
  return new Gateway(options)
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
