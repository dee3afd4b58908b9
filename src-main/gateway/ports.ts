import type { Ask, Lease, Refusal, Revocation, TokenEstimate } from '#shared/gateway/decisions.ts'
import type { Exchange } from '#shared/gateway/exchange.ts'
import type { Key, OnlineWish } from '#shared/keys/key.ts'
import type { Period } from '#shared/usage/usage.ts'

/** Where a request came from, as far as programs can be told apart. */
export interface Caller {
  readonly address: string
  readonly origin: string | null
  readonly userAgent: string | undefined
}

/** Who may do what. Every answer comes from memory at once; nothing here touches the disk while a request waits. */
export interface Access {
  /** True for an origin that may not even ask. Called before any key is known. */
  isBlocked(origin: string): boolean
  /** Notes a key that is unknown or malformed, in memory. Seconds that its caller must wait; 0 when it need not. */
  waitAfterGuess(caller: Caller, secret: string): number
  /** The key of a secret, or why it opens nothing. */
  identify(secret: string): Key | Refusal
  /** Scope, endpoints, the key's origins and the policy for strangers, in that order. May ask the person about the origin. */
  authorise(key: Key, ask: Ask): Refusal | null
  mayUseModel(key: Key, model: string): boolean
  /** A key that may not go online wanted to: the person is asked, once per key. Returns at once. */
  askOnline(key: Key, wish: OnlineWish): void
  /** Takes from requests per minute and concurrency, and asks whether any tokens are left. Before the body is read. */
  admit(key: Key): Lease | Refusal
  /** Whether the key still works; then sets tokens aside. null as an estimate: the request uses none. */
  goOn(key: Key, lease: Lease, estimate: TokenEstimate | null): Refusal | null
  /** Counts a refused request under the requests per minute; the refusal when these are used up. */
  countRefused(key: Key): Refusal | null
  /** Tells of each key disabled, deleted or expired and each origin blocked, so that its streams can be ended. */
  onRevoked(listener: (revocation: Revocation) => void): () => void
}

/** Takes each exchange when it has ended, and the address the client came from. Must return at once. */
export interface Recorder {
  record(exchange: Exchange, address: string): void
}

/** What Latchkey itself tells a client that has a key. */
export interface OwnRoutes {
  /** Name, scopes, limits and what is left of them. */
  key(key: Key): object
  /** The key's own use, or everybody's where its scopes say so. */
  usage(key: Key, period: Period): Promise<object>
  /** In the text format of Prometheus. */
  metrics(): Promise<{ readonly text: string; readonly contentType: string }>
}

/** What a person can change while the gateway runs. Read anew for each request; the object is replaced, never mutated. */
export interface GatewayConfig {
  /** Origin of the upstream with an optional path prefix, no trailing slash: `http://127.0.0.1:11434`. */
  readonly upstream: string
  /** Value of the Authorization header that the upstream itself wants, or null. */
  readonly upstreamCredential: string | null
  /** Certificates in PEM to trust for the upstream besides the well-known authorities', or null. */
  readonly upstreamCertificate: string | null
  readonly paused: boolean
  readonly cookieCarrier: boolean
  /** Lower-case host names and addresses, besides the loopback ones, under which the gateway answers. */
  readonly hosts: ReadonlySet<string>
}

/** Is told of errors of Latchkey's own, which end one exchange or none, and never the process. */
export interface Failures {
  /** `exchange` is the X-Request-Id of the exchange that was ended by it. */
  note(error: unknown, exchange?: string): void
}
