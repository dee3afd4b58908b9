import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Revocation } from '#shared/decisions.ts'
import { answerConnect, answerUnreadable } from './answer-unreadable.ts'
import { isCondemned } from './condemned-sockets.ts'
import { ExchangeContext } from './exchange-context.ts'
import { openListeners, portOf } from './listeners.ts'
import { runPipeline } from './pipeline.ts'
import type { Access, GatewayConfig, GatewayLog, Recorder } from './ports.ts'
import { toRecord } from './record.ts'
import { Upstream } from './upstream.ts'

export interface GatewayOptions {
  readonly access: Access
  readonly recorder: Recorder
  /** Settings as they are now; called for each request. */
  readonly config: () => GatewayConfig
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number
  readonly log: GatewayLog
}

const DRAIN_LOOK_MS = 20
const LAST_RECORDS_MS = 1_000

/** The data path: listens, takes each request through the pipeline, and hands a record of it to the recorder. */
export class Gateway {
  readonly #options: GatewayOptions
  readonly #upstream: Upstream
  readonly #running = new Set<ExchangeContext>()
  #servers: Server[] = []
  readonly #stopWatching: () => void

  constructor(options: GatewayOptions) {
    this.#options = options
    this.#upstream = new Upstream({ config: options.config, now: options.now })
    this.#stopWatching = options.access.onRevoked((revocation) => this.#endRevoked(revocation))
  }

  /** Port it listens on; 0 when it does not. */
  get port(): number {
    return portOf(this.#servers)
  }

  /** Exchanges under way. */
  get running(): number {
    return this.#running.size
  }

  /**
   * Listens on a port of every given host (`127.0.0.1`, `::1`); 0 is any free one. Called again, it moves: the old
   * port is closed once the new one is open, and what runs there ends in its own time. Throws a PersonError
   * `port_taken`, and then listens where it did before.
   */
  async listen({ hosts, port }: { hosts: readonly string[]; port: number }): Promise<{ port: number }> {
    if (port !== 0 && port === this.port) return { port }
    const servers = await openListeners(hosts, port, {
      request: (request, response, expectsContinue) => this.#take(request, response, expectsContinue),
      clientError: (error, socket) =>
        answerUnreadable({ error, socket, now: this.#options.now, recorder: this.#options.recorder }),
      connect: (_request, socket) =>
        answerConnect({ socket, now: this.#options.now, recorder: this.#options.recorder }),
    })
    const old = this.#servers
    this.#servers = servers
    for (const server of old) stopListening(server)
    return { port: portOf(servers) }
  }

  /** GETs a path of the upstream over the gateway's own connections; undefined when it does not answer. */
  probe(path: string): Promise<{ status: number; body: string } | undefined> {
    return this.#upstream.probe(path)
  }

  /** Stops listening, waits up to `drainMs` for running exchanges, then ends them. */
  async close(drainMs: number): Promise<void> {
    const servers = this.#servers
    this.#servers = []
    for (const server of servers) stopListening(server)
    await this.#untilIdle(drainMs)
    for (const context of this.#running) endExchange(context, 'shutting_down')
    // A browser can hold a socket it never used for half a minute.
    for (const server of servers) server.closeAllConnections()
    // What was just ended is recorded when its connection has closed, a moment later.
    await this.#untilIdle(LAST_RECORDS_MS)
    this.#stopWatching()
    await this.#upstream.close()
  }

  async #untilIdle(withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs
    while (this.#running.size > 0 && performance.now() < deadline) await pause(DRAIN_LOOK_MS)
  }

  #take(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    if (isCondemned(request.socket)) return
    const context = new ExchangeContext({
      request,
      response,
      config: this.#options.config(),
      id: randomUUID(),
      time: this.#options.now(),
      startedAt: performance.now(),
    })
    context.expectsContinue = expectsContinue
    this.#running.add(context)
    // Registered first, and so called last but for what the steps add: see `finish`.
    response.once('close', () => queueMicrotask(() => this.#finish(context)))
    void runPipeline(context, {
      access: this.#options.access,
      upstream: this.#upstream,
      config: this.#options.config,
      log: this.#options.log,
    })
  }

  /** Once the client has its answer, or has left. Open routes and preflights belong to no key and leave no record. */
  #finish(context: ExchangeContext): void {
    this.#running.delete(context)
    context.lease?.end((context.promptTokens ?? 0) + (context.completionTokens ?? 0))
    const keyless = context.key === undefined && context.outcome === 'ok'
    if (!keyless) this.#options.recorder.record(toRecord(context, performance.now()))
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

/** Before it is forwarded an exchange has nothing to cut but its connection. */
function endExchange(context: ExchangeContext, reason: string): void {
  if (context.cut !== undefined) return context.cut(reason)
  context.outcome = 'cut_off'
  context.reason = reason
  context.response.destroy()
}

function stopListening(server: Server): void {
  server.close()
  server.closeIdleConnections()
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
