import type { Socket } from 'node:net'
import type { Revocation } from '#shared/gateway/decisions.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { RemoteModels } from '#shared/upstreams/remote-models.ts'
import type { ProbeAnswer } from '#shared/upstreams/version-answer.ts'
import { HeldBodies } from './body/held-bodies.ts'
import { answerConnect, answerSlowHead, answerUnreadable } from './client/answer-unreadable.ts'
import type { ClientConnection } from './client/client-connection.ts'
import { ClientConnections } from './client/client-connections.ts'
import { Deadlines, PATIENCE, type Patience } from './client/deadlines.ts'
import { endUnreadableBody } from './client/end-unreadable-body.ts'
import type { GuardedResponse, LeanRequest } from './client/lean-request.ts'
import { type Listener, openListeners, portOf, stopListening } from './client/listeners.ts'
import { ExchangeContext } from './exchange-context.ts'
import { Upstream } from './forward/upstream.ts'
import { runPipeline } from './pipeline.ts'
import { PlacedList } from './placed-list.ts'
import type { Access, Failures, GatewayConfig, OwnRoutes, Recorder } from './ports.ts'
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
  /** Absent: only a model's name says where it runs. */
  readonly remote?: RemoteModels
  /** Settings as they are now; called for each request. */
  readonly config: () => GatewayConfig
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number
  readonly failures: Failures
  /** The HTTP client towards the upstream. */
  readonly openTransport: OpenTransport
  /** For tests, which cannot wait as long as clients may. */
  readonly patience?: Partial<Patience>
  readonly upstreamDeadlines?: Partial<UpstreamDeadlines>
}

const NAMES_ONLY: RemoteModels = { placeOf: () => 'here', changing: () => undefined }
const DRAIN_LOOK_MS = 20
const LAST_RECORDS_MS = 1_000

/** The data path: listens, takes each request through the pipeline, and hands a record of it to the recorder. */
export class Gateway {
  readonly #options: GatewayOptions
  readonly #upstream: Upstream
  readonly #bodies = new HeldBodies()
  readonly #connections = new ClientConnections()
  readonly #running = new PlacedList<ExchangeContext>()
  readonly #deadlines: Deadlines
  #listeners: readonly Listener[] = []
  /** As given to `listen` last, also those that this computer does not have. */
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
      config: options.config,
    }
    this.#deadlines = new Deadlines({
      patience: { ...PATIENCE, ...options.patience },
      connections: this.#connections,
      running: this.#running,
      onLate: (connection, phase, exchange) => this.#endLate(connection, phase, exchange),
    })
    this.#stopWatching = options.access.onRevoked((revocation) => this.#endRevoked(revocation))
  }

  /** Port it listens on; 0 when it does not. */
  get port(): number {
    return portOf(this.#listeners)
  }

  /** Addresses it listens on. */
  get hosts(): string[] {
    return this.#listeners.map(({ host }) => host)
  }

  /** Exchanges under way. */
  get running(): number {
    return this.#running.size
  }

  /**
   * Listens on a port of every given host (`127.0.0.1`, `::1`) that this computer has; 0 is any free port. Called again,
   * it moves. The old port is closed once the new one is open, and what runs there ends in its own time; a host that is
   * not named any more ends at once, with all that runs on it. Throws the system's error, such as `EADDRINUSE`, or
   * `no_address`, and then listens where it did before.
   */
  async listen({ hosts, port }: { hosts: readonly string[]; port: number }): Promise<{ port: number }> {
    const staying = port !== 0 && port === this.port ? this.#listeners.filter(({ host }) => hosts.includes(host)) : []
    const added = hosts.filter((host) => staying.every((listener) => listener.host !== host))
    const listeners = [...staying, ...(await this.#open(added, port))]
    if (listeners.length === 0)
      throw new PersonError('no_address', 'None of the addresses to listen on exists on this computer.')
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

  /** node:http tells its exchanges itself, unless it has given the socket away because one of them was a CONNECT. */
  #leave(connection: ClientConnection): void {
    this.#connections.close(connection)
    if (connection.running === 0) return
    for (const context of this.#running) if (context.connection === connection) this.#onClosed(context)
  }

  /** What cannot be read is either the body of an exchange under way or another request behind it. */
  #onUnreadable(error: NodeJS.ErrnoException, connection: ClientConnection): void {
    const { socket, running, reading: exchange } = connection
    // As node:http does behind whole requests: a client that closed its side hears no answer that is under way.
    if (error.code === 'ECONNRESET' || (socket.readableEnded && running > 0)) return void socket.destroy()
    if (exchange === undefined) answerUnreadable({ ...this.#options, connection, error })
    else endUnreadableBody(exchange, connection)
  }

  #endLate(connection: ClientConnection, phase: keyof Patience, exchange: ExchangeContext | undefined): void {
    if (phase === 'head') return answerSlowHead({ ...this.#options, connection })
    if (phase !== 'body' || exchange === undefined) return void connection.socket.destroy()
    const refusal = { refused: 'request_timeout' } as const
    if (exchange.carrier !== undefined) exchange.carrier.refuseBody(refusal)
    else refuse(exchange, refusal)
  }

  /** Ends what runs on hosts that are not listened on any more: whoever is shut out must not hear the rest. */
  #endElsewhere(leaving: readonly Listener[]): void {
    const hosts = this.#hosts
    for (const context of this.#running) if (!hosts.includes(context.host)) endExchange(context, 'address_closed')
    for (const { host, server } of leaving) if (!hosts.includes(host)) server.closeAllConnections()
  }

  /** GETs a path of the upstream, or POSTs JSON, over the gateway's own connections; undefined when it does not answer. */
  probe(path: string, body?: string): Promise<ProbeAnswer> {
    return this.#upstream.probe(path, body)
  }

  /** Stops listening, waits up to `drainMs` for running exchanges, then ends them. */
  async close(drainMs: number): Promise<void> {
    const listeners = this.#listeners
    this.#listeners = []
    // A connection that a client keeps open brings no new request either.
    this.#hosts = []
    for (const listener of listeners) stopListening(listener)
    await this.#untilIdle(drainMs)
    for (const context of this.#running) endExchange(context, 'shutting_down')
    // A browser can hold a socket it never used for half a minute.
    for (const { server } of listeners) server.closeAllConnections()
    // What was just ended is recorded when its connection has closed, a moment later.
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
    // A connection to the port before this one may outlive the address it came in on.
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

  /** An error of Latchkey's own: the exchange gets no whole answer, unless it has it already. */
  readonly #fail = (context: ExchangeContext, error: unknown): void => {
    this.#options.failures.note(error, context.id)
    const { carrier, response } = context
    try {
      const refusal = { refused: 'internal_error' } as const
      if (carrier !== undefined) carrier.refuseBody(refusal)
      else refuse(context, refusal)
    } catch (second) {
      this.#options.failures.note(second, context.id)
    }
    if (!response.writableEnded) response.destroy()
  }

  #onClosed(context: ExchangeContext): void {
    const { carrier, response } = context
    try {
      if (carrier !== undefined) carrier.onClientClosed()
      else noteLeaving(context)
    } catch (error) {
      this.#options.failures.note(error, context.id)
    }
    if (carrier !== undefined || response.writableEnded) this.#finish(context)
    // Whoever waits for the client's body learns only now that it has left, and says so in the context.
    else queueMicrotask(() => this.#finish(context))
  }

  /**
   * Once the client has its answer, or has left. Whatever fails here, the exchange gives back what it has. Open routes
   * and preflights belong to no key and leave no record.
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

/** A client that leaves while its body is judged has no answer, and no forwarding has heard of it. */
function noteLeaving(context: ExchangeContext): void {
  const leaves = context.key !== undefined && context.outcome === 'ok' && !context.response.headersSent
  if (leaves) context.outcome = 'client_aborted'
}

/** Before it is forwarded an exchange has nothing to cut but its connection. */
function endExchange(context: ExchangeContext, reason: string): void {
  if (context.carrier !== undefined) return context.carrier.cut(reason)
  context.outcome = 'cut_off'
  context.reason = reason
  context.response.destroy()
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
