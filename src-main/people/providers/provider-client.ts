import type { Identity } from './identity.ts'

/** One provider with its secret, as the protocol of its kind uses it. Every call rejects with a PersonError. */
export interface ProviderClient {
  /** Resolves to where the browser goes. */
  begin(asked: SignInRequest): Promise<string>
  /** `answer`: the query of the provider's answer to this request. */
  finish(asked: SignInRequest, answer: URLSearchParams): Promise<Identity>
  /** Resolves if people can sign in, as far as this can be known. `redirectUri` is null while there is none. */
  check(redirectUri: string | null): Promise<void>
}

export interface SignInRequest {
  readonly redirectUri: string
  readonly state: string
  /** The code verifier of PKCE. */
  readonly verifier: string
  readonly nonce: string
}

/** Seconds by which the clocks of Latchkey and a provider may differ. */
export const CLOCK_TOLERANCE_S = 60
