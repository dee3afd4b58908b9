import type { AccessRequest, Lease, Refusal, Revocation, TokenEstimate } from '#shared/gateway/decisions.ts'
import type { Exchange } from '#shared/gateway/exchange.ts'
import type { Key, OnlineFeature } from '#shared/keys/key.ts'
import type { PairingRouteName } from '#shared/pairing/pairing-routes.ts'
import type { Period } from '#shared/usage/usage.ts'

/** The sender of a request, as far as programs can be distinguished. */
export interface Caller {
  readonly address: string
  readonly origin: string | null
  readonly userAgent: string | undefined
}

/** Decides what keys and origins may do. All answers come from memory; no request waits for the disk. */
export interface Access {
  /** True for a blocked origin. Called before the key is known. */
  isBlocked(origin: string): boolean
  /** Counts an unknown or malformed key in memory. Returns the seconds that its caller must wait, or 0. */
  waitAfterGuess(caller: Caller, secret: string): number
  /** The key of a secret, or a refusal. */
  identify(secret: string): Key | Refusal
  /**
   * Checks the key's app, scope, endpoints, the key's origins and the policy for unknown origins, in that order. May ask the person
   * about the origin.
   */
  authorise(key: Key, ask: AccessRequest): Refusal | null
  mayUseModel(key: Key, model: string): boolean
  /** Asks the person, once per key, whether a key may go online. Returns at once. */
  askOnline(key: Key, feature: OnlineFeature): void
  /** Asks the person, once per key, about another app that used a key made for one app. Returns at once. */
  askOtherApp(key: Key, otherApp: string): void
  /**
   * Counts the request against requests per minute and concurrency, and checks that tokens are left. Before the body is
   * read.
   */
  admit(key: Key): Lease | Refusal
  /** Checks that the key still works, then reserves tokens. A null estimate means that the request uses none. */
  reserveTokens(key: Key, lease: Lease, estimate: TokenEstimate | null): Refusal | null
  /** Counts a refused request against requests per minute. Returns a refusal if these are used up. */
  countRefused(key: Key): Refusal | null
  /** Reports each disabled, deleted or expired key and each blocked origin, so that its streams can be ended. */
  onRevoked(listener: (revocation: Revocation) => void): () => void
}

/** Receives each exchange after its end, with the client's address. Must return at once. */
export interface Recorder {
  record(exchange: Exchange, address: string): void
}

/** The content of Latchkey's own routes for a client with a key. */
export interface OwnRoutes {
  /** The key's name, scopes, limits and their rest. */
  key(key: Key): object
  /** The key's usage, or everybody's if its scopes allow it. */
  usage(key: Key, period: Period): Promise<object>
  /** Metrics in Prometheus' text format. */
  metrics(): Promise<{ readonly text: string; readonly contentType: string }>
}

/** A pairing request of an app on this computer. The gateway has checked everything that does not concern pairing. */
export interface PairingCall {
  readonly route: PairingRouteName
  /** The query with its `?`, or empty. */
  readonly query: string
  /** Empty if the route takes none. */
  readonly body: string
  /** Empty if there is no such header. */
  readonly contentType: string
  /** The Host header. */
  readonly host: string
  /** null if the request comes from a program or a person opened the address. Never the string `null`. */
  readonly origin: string | null
  /** True if a page of another site, or an extension without permission for this address, caused the request. */
  readonly isCrossSite: boolean
  /** The product that the User-Agent claims. */
  readonly userAgent: string | null
  /** The header `Accept-Language`. */
  readonly language: string | undefined
  /** The two ends of its connection. */
  readonly connection: { readonly client: ConnectionEnd; readonly gateway: ConnectionEnd }
}

export interface ConnectionEnd {
  readonly address: string
  readonly port: number
}

export interface PairingAnswer {
  readonly status: number
  /** A flat list of names and values. */
  readonly headers: readonly string[]
  readonly body: string
  /** True if pages of other origins may read the answer. */
  readonly isReadable: boolean
  /** To be called after the whole answer was sent (true), or when the client left before that (false). */
  readonly onSent?: (isWhole: boolean) => void
}

/** The routes by which an app without a key gets one. */
export interface Pairing {
  /** undefined if pairing is off. The route then does not exist. */
  answer(call: PairingCall): PairingResult | Promise<PairingResult>
}
export type PairingResult = PairingAnswer | Refusal | undefined

/** Settings that can change while the gateway runs. Read for each request; the object is replaced, never mutated. */
export interface GatewayConfig {
  /** Origin of the upstream with an optional path prefix, no trailing slash: `http://127.0.0.1:11434`. */
  readonly upstream: string
  /** The Authorization value that the upstream requires, or null. */
  readonly upstreamCredential: string | null
  /** Additional PEM certificates to trust for the upstream, or null. */
  readonly upstreamCertificate: string | null
  readonly paused: boolean
  readonly cookieCarrier: boolean
  /** Lower-case host names and addresses that the gateway accepts besides the loopback ones. */
  readonly hosts: ReadonlySet<string>
}

/** Receives internal errors, which end at most one exchange and never the process. */
export interface Failures {
  /** `exchange` is the X-Request-Id of the exchange that the error ended. */
  note(error: unknown, exchange?: string): void
}
