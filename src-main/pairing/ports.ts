import type { IssuedKey, NewKey } from '#shared/keys/key.ts'
import type { PairingRouteName } from '#shared/pairing/pairing-routes.ts'
import type { Connection, FindProgram } from './asker/program.ts'

/** What approved requests do to keys and sites. Each call rejects with a PersonError if it could not be written. */
export interface PairingKeys {
  /** Makes a key for an app. */
  create(key: NewKey): Promise<IssuedKey>
  /** Takes back a key that did not reach its app, without a trace. */
  withdraw(key: Pick<IssuedKey, 'id' | 'name'>): Promise<void>
  /** The person approved a request of this origin, so it is no stranger any more. */
  allow(origin: string): Promise<void>
}

/** Hints about an asker. */
export interface AskerFacts {
  /** The person's name for an origin, or the name of a well-known extension; null if there is none. */
  originName(origin: string): string | null
  /** True if the person has blocked the origin. */
  isBlocked(origin: string): boolean
  findProgram: FindProgram
}

/** A request on one of `PAIRING_ROUTES`, from this computer. The gateway has judged all that is not about pairing. */
export interface AppRequest {
  readonly route: PairingRouteName
  /** With its `?`, or empty. */
  readonly query: string
  /** Empty if the route takes none. */
  readonly body: string
  /** Empty if there is no such header. */
  readonly contentType: string
  /** The Host header. */
  readonly host: string
  /** null: the request comes from a program, or a person opened the address. Never `null` in letters. */
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
  /** True if pages of other origins may read it. */
  readonly isReadable: boolean
  /** To be called when the whole answer is out (true), or its client left before (false). */
  readonly onSent?: (isWhole: boolean) => void
}
