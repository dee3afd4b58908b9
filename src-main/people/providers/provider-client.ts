import type { Identity } from './identity.ts'

/** One provider with its secret, as the protocol of its kind uses it. Every call rejects with a PersonError. */
export interface ProviderClient {
  begin(asked: SignInRequest): Promise<Begun>
  /** Resolves if people can sign in, as far as this can be known. `redirectUri` is null while there is none. */
  check(redirectUri: string | null): Promise<void>
}

export interface SignInRequest {
  readonly redirectUri: string
  readonly state: string
}

export interface Begun {
  /** Where the browser goes. */
  readonly url: string
  finish(answer: URLSearchParams): Promise<Identity>
}

/** Seconds by which the clocks of Latchkey and a provider may differ. */
export const CLOCK_TOLERANCE_S = 60
