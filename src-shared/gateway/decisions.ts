import type { RefusalCode } from './refusals.ts'
import type { Route } from './routes.ts'

/** A no, with what its sentence needs. The sentence and the status come from the one table of refusals. */
export interface Refusal {
  readonly refused: RefusalCode
  /** Fills `{detail}` in the sentence. Never a secret, never a piece of what was asked or answered. */
  readonly detail?: string
  /** For 429: seconds until it is worth trying again. */
  readonly retryAfter?: number
  /** For 405: the methods that there are. */
  readonly allow?: string
}

/** Tells a no from everything else a decision can return. */
export function isRefusal(decision: object): decision is Refusal {
  return (decision as Partial<Refusal>).refused !== undefined
}

/** What a key is asked for, before its body is read. */
export interface Ask {
  readonly route: Route | undefined
  /** The normalised path: the one that is sent. */
  readonly path: string
  readonly origin: string | null
}

/** The tokens that a request may use, as far as it can be told before it runs. */
export interface TokenEstimate {
  readonly prompt: number
  /** null: the request sets no end to its answer. */
  readonly answer: number | null
}

/** One admitted exchange: holds its place under the key's limits until it ends. */
export interface Lease {
  /** Sets tokens aside. A refusal ends the lease, and gives the request back to the limit per minute. */
  reserve(estimate: TokenEstimate): Refusal | null
  /** Frees the place and what was set aside, and books the tokens that were used. Calling it again does nothing. */
  end(tokens: number): void
}

/** A decision that ends what is already running. */
export type Revocation = { readonly keyId: string } | { readonly origin: string }
