import type { Lease, Refusal, TokenEstimate } from '#shared/gateway/decisions.ts'
import type { Outcome } from '#shared/gateway/exchange.ts'
import type { Route } from '#shared/gateway/routes.ts'
import type { Key } from '#shared/keys/key.ts'
import type { HeldBody } from './body/held-bodies.ts'
import type { GuardedResponse, LeanRequest } from './client/lean-request.ts'
import { emptyHeaders, type RequestHeaders } from './head/request-headers.ts'
import type { GatewayConfig } from './ports.ts'

const NO_HEADERS: RequestHeaders = emptyHeaders()

/** Carries an exchange to the upstream and back, and is told from outside what becomes of it. */
export interface Carrier {
  /** Ends it: its key or its site may no longer go on. */
  cut(reason: string): void
  /** Ends it because of its body. */
  refuseBody(refusal: Refusal): void
  /** The client has its answer, or has left. */
  onClientClosed(): void
}

/** An answer, but for its head: only the exchange itself writes that, and only once. */
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

/** What an exchange can do about the connection it came on. */
export interface OwnConnection {
  /** Whether a request on it has presented a valid key. */
  hasKey: boolean
  /** Nothing that still comes on it is a request. */
  condemn(): void
  /** The exchange has its answer, or has lost its client. */
  end(exchange: ExchangeContext): void
}

/** One exchange on its way through the pipeline: what the steps have found out so far. */
export class ExchangeContext {
  readonly request: LeanRequest
  readonly response: Answer
  readonly connection: OwnConnection
  /** The address it came in on, as it was given to listen on. */
  readonly host: string
  /** Settings as they were when the request arrived. */
  readonly config: GatewayConfig
  /** X-Request-Id. */
  readonly id: string
  /** Milliseconds since 1970-01-01 UTC, and on the monotonic clock. */
  readonly time: number
  readonly startedAt: number
  readonly method: string

  /** False until the header lines were read and found unambiguous. */
  framed = false
  headers: RequestHeaders = NO_HEADERS
  /** What was asked for, in origin-form or `*`; not judged yet. */
  target = ''
  path = ''
  query = ''
  route: Route | undefined = undefined
  origin: string | null = null
  /** Secrets found in the address: host label and path prefix. */
  labelSecret: string | undefined = undefined
  pathSecret: string | undefined = undefined
  key: Key | undefined = undefined
  model: string | null = null
  lease: Lease | undefined = undefined
  /** The tokens that it may use; null where it uses none, or where nobody limits them. */
  estimate: TokenEstimate | null = null
  /** False where the answer carries no CORS headers, so that the page cannot read it. */
  corsReadable = true
  /** The client waits for `100 Continue` before it sends its body. */
  expectsContinue = false

  /** The body as it will be sent, where a rule needed it whole; undefined: it is streamed. */
  body: Buffer | undefined = undefined
  /** The room that the body takes while it is held. */
  heldBody: HeldBody | undefined = undefined
  /** Whether it can change the upstream's models. */
  changesModels = false
  /** Whether the gateway asked the upstream for usage that the client did not ask for. */
  askedForUsage = false

  /** Where it stands among the running exchanges, which alone know. */
  place = -1

  /** What carries it to the upstream, once every step has let it pass. */
  carrier: Carrier | undefined = undefined

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

  /** The address the client came from. */
  get address(): string {
    return this.request.socket.remoteAddress ?? ''
  }

  /** Whether the answer has begun. */
  get isAnswered(): boolean {
    return this.#response.headersSent
  }

  /** Whether nothing more can be decided about it: it was answered, or its client has left. */
  get isOver(): boolean {
    return this.#response.headersSent || this.#response.destroyed
  }

  /**
   * Writes the head of the answer: lines as a flat list of names and values. False when there was one before, or the
   * client is gone. Then nothing is written, and the caller writes no body: an exchange has one answer.
   */
  writeHead(status: number, lines: string[]): boolean {
    const response = this.#response
    if (response.headersSent || response.destroyed) return false
    response.writeHead(status, lines)
    return true
  }

  /** Lets a client that waits for `100 Continue` send its body. */
  askForBody(): void {
    if (!this.expectsContinue) return
    this.expectsContinue = false
    // Behind another answer it waits for its turn: node:http would write the head of the answer before it, and the
    // client would take it for a part of the body (lib/_http_outgoing.js, _send).
    if (this.#response.socket === null) this.#response.once('socket', () => this.#writeContinue())
    else this.#writeContinue()
  }

  #writeContinue(): void {
    if (!this.isOver) this.#response.writeContinue()
  }

  /** An error of Latchkey's own ends this exchange, and nothing else. */
  fail(error: unknown): void {
    this.#onFail(this, error)
  }

  /** Whether a request body was announced. */
  get hasBody(): boolean {
    const { 'content-length': length, 'transfer-encoding': coding } = this.headers
    return coding !== undefined || (length !== undefined && length !== '0')
  }
}
