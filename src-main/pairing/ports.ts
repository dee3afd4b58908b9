import type { IssuedKey, NewKey } from '#shared/keys/key.ts'
import type { PairingRouteName } from '#shared/pairing/pairing-routes.ts'
import type { PairingDecision, PairingRows, StoredPairing } from '#shared/pairing/stored.ts'
import type { Connection, FindProgram } from './asker/program.ts'

/**
 * The changes to keys and sites that approved requests make. Each call rejects with a PersonError if it could not be
 * stored.
 */
export interface PairingKeys {
  /** Creates a key for an app. */
  create(key: NewKey): Promise<IssuedKey>
  /** Deletes a key that did not reach its app, without a trace. */
  withdraw(key: Pick<IssuedKey, 'id' | 'name'>): Promise<void>
  /** Allows the origin, because the person approved one of its requests. */
  allow(origin: string): Promise<void>
}

/** The requests that several gateways hold together. Each call rejects with a PersonError if the database is away. */
export interface PairingStore {
  /**
   * Lets `decide` decide on all rows while no other gateway changes any, and writes what it puts. Nothing is written if it puts
   * nothing, or throws, which this rejects with. Resolves to what was written.
   */
  change<T>(
    decide: (rows: readonly StoredPairing[], now: number) => PairingDecision<T>,
  ): Promise<PairingRows & { readonly result: T }>
  /** Resolves when this gateway knows everything that was written before this call. */
  look(): Promise<void>
}

/** Hints about an asker. */
export interface AskerFacts {
  /** The name of this computer; empty if no other gateway answers these apps. */
  readonly computer: string
  /** The person's name for an origin, or the name of a well-known extension; null if there is none. */
  originName(origin: string): string | null
  /** True if the person has blocked the origin. */
  isBlocked(origin: string): boolean
  findProgram: FindProgram
}

/**
 * A request on one of `PAIRING_ROUTES`, from this computer or, over TLS, from another device. The gateway has checked
 * everything that does not concern pairing.
 */
export interface AppRequest {
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
  readonly language: string | undefined
  readonly connection: Connection
}

export interface AppAnswer {
  readonly status: number
  /** A flat list of names and values. */
  readonly headers: readonly string[]
  readonly body: string
  /** True if pages of other origins may read the answer. */
  readonly isReadable: boolean
  /** To be called after the whole answer was sent (true), or when the client left before that (false). */
  readonly onSent?: (isWhole: boolean) => void
}
