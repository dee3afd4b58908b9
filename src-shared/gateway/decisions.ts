import type { RefusalCode } from './refusals.ts'
import type { Route } from './routes.ts'

/** A refusal with the values for its sentence. Its row in `REFUSALS` has the sentence and the status. */
export interface Refusal {
  readonly refused: RefusalCode
  /** Value of `{detail}` in the sentence. Never a secret or a piece of a request or an answer. */
  readonly detail?: string
  /** For 429: seconds until a retry can succeed. */
  readonly retryAfter?: number
  /** For 405: the allowed methods. */
  readonly allow?: string
}

/** True if a decision is a refusal. */
export function isRefusal(decision: object): decision is Refusal {
  return (decision as Partial<Refusal>).refused !== undefined
}

/** The facts of a request that its key must allow, known before the body is read. */
export interface AccessRequest {
  readonly route: Route | undefined
  /** The normalised path, as it is sent to the upstream. */
  readonly path: string
  readonly origin: string | null
  /** Its User-Agent header. */
  readonly userAgent: string | undefined
}

/** The rights of a key under its person that later steps need before they read the body. */
export interface Bounds {
  /** True if the key and its person may go online. */
  readonly online: boolean
  /** False if the person may not, so that asking about the key would be in vain. */
  readonly personOnline: boolean
  /** True if the key or its person has a list of models. */
  readonly listsModels: boolean
  /** True if the key or its person has a limit of tokens. */
  readonly countsTokens: boolean
}

/** The greatest number of tokens that a request can use, estimated before it runs. */
export interface TokenEstimate {
  readonly prompt: number
  /** null: the request does not limit the length of its answer. */
  readonly answer: number | null
}

/** One admitted exchange, counted against the key's limits until it ends. */
export interface Lease {
  /** Reserves tokens. A refusal ends the lease and gives the request back to the limit per minute. */
  reserve(estimate: TokenEstimate): Refusal | null
  /** Releases the lease and the reserved tokens, and records the tokens that were used. Further calls do nothing. */
  end(tokens: number): void
}

/** A decision that ends running exchanges: of a key or of an origin. */
export type Revocation = { readonly keyId: string } | { readonly origin: string }
