import type { TLSSocket } from 'node:tls'
import type { Bounds, Lease, Refusal, TokenEstimate } from '#shared/gateway/decisions.ts'
import type { Outcome } from '#shared/gateway/exchange.ts'
import type { Route } from '#shared/gateway/routes.ts'
import type { Key } from '#shared/keys/key.ts'
import type { HeldBody } from './body/held-bodies.ts'
import type { GuardedResponse, LeanRequest } from './client/lean-request.ts'
import { emptyHeaders, type RequestHeaders } from './head/request-headers.ts'
import type { GatewayConfig } from './ports.ts'

const NO_HEADERS: RequestHeaders = emptyHeaders()

/** An exchange that is being forwarded, as far as others can end it from outside. */
export interface ForwardedExchange {
  /** Ends the exchange because its key or site is no longer allowed. */
  cut(reason: string): void
  /** Ends the exchange because of its body. */
  refuseBody(refusal: Refusal): void
  /** Called when the client has its answer or left. */
  onClientClosed(): void
}

/** An answer without the methods for its head. Only the exchange writes the head, and only once. */
export type Answer = Omit<
  GuardedResponse,
  | 'writeHead'
  | 'writeContinue'
  | 'writeEarlyHints'
  | 'writeProcessing'
  | 'writeInformation'
  | 'setHeader'
  | 'appendHeader'
  | 'setHeaders'
  | 'addTrailers'
>

/** The operations of an exchange on its connection. */
export interface OwnConnection {
  /** True if a request on it has presented a valid key. */
  hasKey: boolean
  /** The last exchange that began on it. */
  readonly latest: ExchangeContext | undefined
  /** Ignores all further requests on the connection. */
  condemn(): void
  /** Reports that the exchange has its answer or lost its client. */
  end(exchange: ExchangeContext): void
}

/** One exchange in the pipeline, with the results of the steps so far. */
export class ExchangeContext {
  readonly request: LeanRequest
  readonly response: Answer
  readonly connection: OwnConnection
  /** The listen address on which the request arrived, as configured. */
  readonly host: string
  /** The settings at the request's arrival. */
  readonly config: GatewayConfig
  /** X-Request-Id. */
  readonly id: string
  /** Milliseconds since 1970-01-01 UTC, and on the monotonic clock. */
  readonly time: number
  readonly startedAt: number
  readonly method: string

  /** True after the header lines were read and found unambiguous. */
  framed = false
  headers: RequestHeaders = NO_HEADERS
  /** The request target in origin-form or `*`, not judged yet. */
  target = ''
  path = ''
  query = ''
  route: Route | undefined = undefined
  origin: string | null = null
  /** Secrets in the address: in the host label and in the path prefix. */
  labelSecret: string | undefined = undefined
  pathSecret: string | undefined = undefined
  key: Key | undefined = undefined
  /** The rights of the key under its person; set when the head was authorised. */
  bounds: Bounds | undefined = undefined
  model: string | null = null
  lease: Lease | undefined = undefined
  /** The tokens that the request may use; null if it uses none or has no limit. */
  estimate: TokenEstimate | null = null
  /** False if the answer has no CORS headers, so that the page cannot read it. */
  corsReadable = true
  /** The client waits for `100 Continue` before it sends its body. */
  expectsContinue = false

  /** The body as it will be sent, if a rule needed the whole body; undefined if it is streamed. */
  body: Buffer | undefined = undefined
  /** The reserved memory of the held body. */
  heldBody: HeldBody | undefined = undefined
  /** True if the request can change the upstream's models. */
  changesModels = false
  /** True if the gateway asked the upstream for usage that the client did not request. */
  askedForUsage = false

  /** Its index in the list of running exchanges. */
  index = -1

  /** The forwarding, after every step allowed the exchange. */
  forwarding: ForwardedExchange | undefined = undefined

  outcome: Outcome = 'ok'
  reason: string | null = null
  promptTokens: number | null = null
  completionTokens: number | null = null
  metered = true
  firstByteAt = 0
  bytesIn = 0
  bytesOut = 0

  readonly #response: GuardedResponse
  readonly #onFail: (exchange: ExchangeContext, error: unknown) => void

  constructor(options: {
    request: LeanRequest
    response: GuardedResponse
    connection: OwnConnection
    onFail: (exchange: ExchangeContext, error: unknown) => void
    host: string
    config: GatewayConfig
    id: string
    time: number
    startedAt: number
  }) {
    this.request = options.request
    this.response = options.response
    this.#response = options.response
    this.#onFail = options.onFail
    this.connection = options.connection
    this.host = options.host
    this.config = options.config
    this.id = options.id
    this.time = options.time
    this.startedAt = options.startedAt
    this.method = options.request.method ?? ''
  }

  /** The client's address. */
  get address(): string {
    return this.request.socket.remoteAddress ?? ''
  }

  /** True if the connection has TLS. */
  get isSecure(): boolean {
    return (this.request.socket as Partial<TLSSocket>).encrypted === true
  }

  /** True if the answer has begun. */
  get isAnswered(): boolean {
    return this.#response.headersSent
  }

  /** True if the exchange was answered or its client left, so there is nothing more to decide. */
  get isOver(): boolean {
    return this.#response.headersSent || this.#response.destroyed
  }

  /**
   * Writes the head of the answer; `lines` is a flat list of names and values. Returns false and writes nothing if a
   * head was written before or the client left. The caller then must not write a body, because an exchange has one
   * answer.
   */
  writeHead(status: number, lines: string[]): boolean {
    const response = this.#response
    if (response.headersSent || response.destroyed) return false
    response.writeHead(status, lines)
    return true
  }

  /** False if the client has sent another request behind this one. */
  get isLastOnConnection(): boolean {
    return this.connection.latest === this
  }

  /** Closes the connection after this answer, unless the answer has begun without saying so. */
  closeAfterAnswer(): void {
    if (this.isOver) return
    this.#response.shouldKeepAlive = false
    this.connection.condemn()
  }

  /** Lets a client that waits for `100 Continue` send its body. */
  askForBody(): void {
    if (!this.expectsContinue) return
    this.expectsContinue = false
    // Behind another answer this waits for its turn. node:http would write it before the head of the running answer,
    // and the client would read it as part of a body (lib/_http_outgoing.js, _send).
    if (this.#response.socket === null) this.#response.once('socket', () => this.#writeContinue())
    else this.#writeContinue()
  }

  #writeContinue(): void {
    if (!this.isOver) this.#response.writeContinue()
  }

  /** Ends only this exchange after an internal error. */
  fail(error: unknown): void {
    this.#onFail(this, error)
  }

  /** True if the head announces a request body. */
  get hasBody(): boolean {
    const { 'content-length': length, 'transfer-encoding': coding } = this.headers
    return coding !== undefined || (length !== undefined && length !== '0')
  }
}
