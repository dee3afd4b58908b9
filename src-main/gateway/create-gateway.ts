import type { Socket } from 'node:net'
import type { Revocation } from '#shared/gateway/decisions.ts'
import type { Unready } from '#shared/own-routes/own-answers.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { RemoteModels } from '#shared/upstreams/remote-models.ts'
import type { ProbeAnswer } from '#shared/upstreams/version-answer.ts'
import { LOOPBACK_ADDRESSES } from '../base/loopback.ts'
import { HeldBodies } from './body/held-bodies.ts'
import { answerConnect, answerSlowHead, answerUnreadable, endUnreadableBody } from './client/answer-unreadable.ts'
import type { ClientConnection } from './client/client-connection.ts'
import { ClientConnections } from './client/client-connections.ts'
import { CLIENT_TIMEOUTS, ClientDeadlines, type ClientTimeouts } from './client/client-deadlines.ts'
import type { GuardedResponse, LeanRequest } from './client/lean-request.ts'
import { type Listener, type ListenerHandlers, openListeners, portOf, stopListening } from './client/listeners.ts'
import { ExchangeContext } from './exchange-context.ts'
import { Upstream } from './forward/upstream.ts'
import { runPipeline } from './pipeline.ts'
import type { Access, Entrance, Failures, GatewayConfig, OwnRoutes, Pairing, Recorder, TrustPage } from './ports.ts'
import { refuse } from './refuse.ts'
import { newRequestId } from './request-id.ts'
import { RunningExchanges } from './running-exchanges.ts'
import type { StepServices } from './steps/step.ts'
import type { OpenTransport, UpstreamDeadlines } from './transport.ts'

export interface GatewayOptions {
  readonly access: Access
  readonly recorder: Recorder
  readonly own: OwnRoutes
  /** Absent if no app can get a key by pairing. */
  readonly pairing?: Pairing
  /** Where other devices arrive; absent if all listeners speak plain HTTP. */
  readonly entrance?: Entrance
  /** Absent if other devices need no certificate of this computer. */
  readonly trustPage?: TrustPage
  /** Absent if only a model's name shows where it runs. */
  readonly remote?: RemoteModels
  /** The current settings; called for each request. */
  readonly config: () => GatewayConfig
  /** Why the gateway refuses all requests at the moment; null if it does not. */
  readonly unready: () => Unready | null
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
const NO_TRUST_PAGE: TrustPage = { answer: () => undefined }
const LAST_RECORDS_MS = 1_000

/** The data path: listens, runs each request through the pipeline, and passes its record to the recorder. */
export class Gateway {
  readonly #options: GatewayOptions
  readonly #upstream: Upstream
  readonly #bodies = new HeldBodies()
  readonly #connections = new ClientConnections()
  readonly #running: RunningExchanges
  readonly #deadlines: ClientDeadlines
  #listeners: readonly Listener[] = []
  /** The hosts of the last `listen`, including those that this computer does not have. */
  #hosts: readonly string[] = []
  readonly #services: StepServices
  readonly #stopWatching: () => void
  #isDraining = false

  constructor(options: GatewayOptions) {
    this.#options = options
    const { config, now, openTransport, upstreamDeadlines, recorder, failures, remote = NAMES_ONLY } = options
    this.#running = new RunningExchanges({ recorder, failures, remote })
    this.#upstream = new Upstream({ config, now, openTransport, deadlines: upstreamDeadlines })
    this.#services = {
      access: options.access,
      upstream: this.#upstream,
      bodies: this.#bodies,
      remote,
      own: options.own,
      pairing: options.pairing ?? NO_PAIRING,
      trustPage: options.trustPage ?? NO_TRUST_PAGE,
      config: options.config,
      unready: () => (this.#isDraining ? 'draining' : options.unready()),
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
    const { entrance } = this.#options
    return openListeners(hosts, port, { handlers: this.#handlers(), entrance })
  }

  #handlers(): ListenerHandlers {
    return {
      connection: (socket) => this.#accept(socket),
      request: (request, response, expectsContinue, host) => this.#take(request, response, expectsContinue, host),
      clientError: (error, socket) => this.#onUnreadable(error, this.#connectionOf(socket)),
      connect: (socket) => answerConnect({ ...this.#options, connection: this.#connectionOf(socket) }),
      failed: (error, socket) => {
        this.#options.failures.note(error)
        socket?.destroy()
      },
    }
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

  #leave(connection: ClientConnection): void {
    this.#connections.close(connection)
    this.#running.leave(connection)
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
    this.#running.end('address_closed', ({ host }) => !hosts.includes(host))
    for (const { host, server } of leaving) if (!hosts.includes(host)) server.closeAllConnections()
  }

  /**
   * Ends the exchanges on connections that other devices opened without TLS. The entrance closes the connections, and
   * lets no new one in.
   */
  endUnencrypted(): void {
    this.#running.end('address_closed', ({ isSecure, host }) => !isSecure && !LOOPBACK_ADDRESSES.includes(host))
  }

  /** Ends all exchanges with a key, because the shared database is away and nobody knows which keys still work. */
  endKeyed(): void {
    this.#running.end('database_away', ({ key }) => key !== undefined)
  }

  /**
   * GETs a path of the upstream, or POSTs JSON, over the gateway's own connections. undefined if it does not answer.
   */
  probe(path: string, body?: string): Promise<ProbeAnswer> {
    return this.#upstream.probe(path, body)
  }

  /**
   * Serves requests as before, but `/readyz` says no, and each connection closes after its next answer, so that clients and
   * balancers move to another gateway.
   */
  drain(): void {
    if (this.#isDraining) return
    this.#isDraining = true
    for (const exchange of this.#running) if (exchange.isLastOnConnection) exchange.closeAfterAnswer()
  }

  /** Drains: stops listening, waits up to `drainMs` for running exchanges, then ends them. */
  async close(drainMs: number): Promise<void> {
    this.drain()
    const listeners = this.#listeners
    this.#listeners = []
    for (const listener of listeners) stopListening(listener)
    // A request that a kept connection brings meanwhile is answered, because its client could not know.
    await this.#running.untilIdle(drainMs)
    this.#hosts = []
    this.#running.end('shutting_down', () => true)
    // A browser can hold an unused socket for half a minute.
    for (const { server } of listeners) server.closeAllConnections()
    // Exchanges that were just ended are recorded when their connection has closed, a moment later.
    await this.#running.untilIdle(LAST_RECORDS_MS)
    this.#stopWatching()
    this.#deadlines.stop()
    this.#upstream.close()
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
      onFail: this.#running.fail,
    })
    context.expectsContinue = expectsContinue
    if (this.#isDraining) context.closeAfterAnswer()
    request.exchange = context
    connection.begin(context)
    this.#running.add(context)
    runPipeline(context, this.#services)
  }

  #endRevoked(revocation: Revocation): void {
    if ('keyId' in revocation) this.#running.end('key_revoked', ({ key }) => key?.id === revocation.keyId)
    else this.#running.end('origin_blocked', ({ origin }) => origin === revocation.origin)
  }
}

export function createGateway(options: GatewayOptions): Gateway {
  return new Gateway(options)
}
