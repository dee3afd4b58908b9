import type { Server, Socket } from 'node:net'
import type { AccessRequest, Bounds, Lease, Refusal, Revocation, TokenEstimate } from '#shared/gateway/decisions.ts'
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
   * After `identify` knew no such key: resolves soon, because another gateway may have made it a moment ago. undefined if there is
   * nothing to wait for: always, unless several gateways share their keys, and for a caller that has guessed too often.
   */
  identifyAgain(caller: Caller, secret: string): Promise<Key | Refusal> | undefined
  /**
   * Checks the key's app, scope, endpoints and origins, the hours and origins of its person, and the policy for unknown
   * origins, in that order. May ask the person about the origin.
   */
  authorise(key: Key, ask: AccessRequest): Refusal | null
  mayUseModel(key: Key, model: string): boolean
  /** The refusal of a model that the key may not use. */
  modelRefusal(key: Key, model: string | undefined): Refusal
  /** The rights of the key under its person. */
  boundsOf(key: Key): Bounds
  /** Asks the person, once per key, whether a key may go online. Returns at once. */
  askOnline(key: Key, feature: OnlineFeature): void
  /** Asks the person, once per key, about another app that used a key made for one app. Returns at once. */
  askOtherApp(key: Key, otherApp: string): void
  /**
   * Counts the request against requests per minute and concurrency, and checks that tokens are left. Before the body is
   * read.
   */
  admit(key: Key): Lease | Refusal
  /**
   * After `admit` refused: resolves soon, to true if it may admit now. undefined if there is nothing to wait for: always, unless
   * several gateways share their limits.
   */
  moreSoon(key: Key): Promise<boolean> | undefined
  /** Checks that the key still works, then reserves tokens. A null estimate means that the request uses none. */
  reserveTokens(key: Key, lease: Lease, estimate: TokenEstimate | null): Refusal | null
  /** Counts a refused request against requests per minute. Returns a refusal if these are used up. */
  countRefused(key: Key): Refusal | null
  /** Reports each disabled, deleted or expired key and each blocked origin, so that its streams can be ended. */
  onRevoked(listener: (revocation: Revocation) => void): () => void
}

/** Receives each exchange after its end, with the client's address and User-Agent header. Must return at once. */
export interface Recorder {
  record(exchange: Exchange, address: string, userAgent?: string): void
}

/** What a client asks about usage. What it may not see is left out, like what does not exist. */
export interface OwnUsageQuery {
  readonly period: Period
  /** The id of a person, or `REMOVED_PERSON`; null for everybody. */
  readonly personId: string | null
  /** null for all keys. */
  readonly keyId: string | null
}

/** The content of Latchkey's own routes for a client with a key. */
export interface OwnRoutes {
  /** The key's name, scopes, limits and their rest. */
  key(key: Key): object
  /** The key's usage; with the scope for it, that of its person, and that of everybody if the person is an operator. */
  usage(key: Key, query: OwnUsageQuery): Promise<object>
  /** Metrics in Prometheus' text format. */
  metrics(): Promise<{ readonly text: string; readonly contentType: string }>
}

/**
 * A pairing request of an app on this computer, or of another device over TLS. The gateway has checked everything that
 * does not concern pairing.
 */
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
  /** True over TLS. */
  readonly isSecure: boolean
  /** The address of another device that asks; null for this computer. */
  readonly device: string | null
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
  /** True if the shared database was not reached for too long: nobody knows which keys still work. */
  readonly databaseAway: boolean
  readonly cookieCarrier: boolean
  /** Lower-case host names and addresses that the gateway accepts besides the loopback ones. */
  readonly hosts: ReadonlySet<string>
}

/** Receives internal errors, which end at most one exchange and never the process. */
export interface Failures {
  /** `exchange` is the X-Request-Id of the exchange that the error ended. */
  note(error: unknown, exchange?: string): void
}

/**
 * Accepts the connections of other devices and decides which of them reach the gateway, and whether over TLS. Loopback
 * needs none.
 */
export interface Entrance {
  /**
   * Opens a door for a listen address. It calls `serve` with each connection on which HTTP begins: the accepted socket,
   * or a TLS socket whose handshake is done. Each has an error handler.
   */
  open(host: string, serve: (socket: Socket) => void): Promise<Door>
}

export interface Door {
  /** Does not listen yet. */
  readonly server: Server
  /** Ends the connections that have not reached the gateway. */
  end(): void
}

/** The page that tells other devices how to trust this computer's certificate. They have no key yet. */
export interface TrustPage {
  /** undefined if there is no such page. `headers`: a flat list; `body`: one character per byte. */
  answer(
    call: TrustCall,
  ): { readonly status: number; readonly headers: readonly string[]; readonly body: string } | undefined
}

export interface TrustCall {
  readonly method: 'GET' | 'HEAD'
  readonly path: string
  readonly acceptLanguage: string | undefined
  readonly isSecure: boolean
  /** The Host header. */
  readonly host: string
  readonly address: string
  /** The header `User-Agent`. */
  readonly userAgent: string | undefined
}
