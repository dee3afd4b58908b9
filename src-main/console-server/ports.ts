import type { Role } from '#shared/people/role.ts'
import type { SignInMethod } from '#shared/people/session.ts'
import type { Invited, Join, SignInOptions } from '#shared/people/sign-in.ts'
import type { PasskeyOptions } from '../console-api/ports.ts'

/** The other end of a request to sign in. */
export interface Visitor {
  readonly address: string
  /** The header `User-Agent`. */
  readonly userAgent: string | null
  /** The origin of the page, such as `https://box.local:11501`: passkeys and redirect addresses belong to it. */
  readonly origin: string
}

/** Somebody has proved who they are, and the person is active. */
export interface Proven {
  readonly personId: string
  readonly method: SignInMethod
}

/** A person who asked to join and whom an operator must let in first. */
export type Waiting = 'waiting'

/** What the console's server asks for people who are not signed in. Every refusal is a PersonError. */
export interface SignIn {
  options(): SignInOptions
  password(given: { readonly name: string; readonly password: string }, visitor: Visitor): Promise<Proven>
  passkeyOptions(visitor: Visitor): Promise<PasskeyOptions>
  passkey(
    given: { readonly flow: string; readonly passkey: Record<string, unknown> },
    visitor: Visitor,
  ): Promise<Proven>
  /** `flow` goes into a cookie of the browser, without which `finishProvider` is refused. */
  beginProvider(
    asked: { readonly provider: string; readonly code: string | null },
    visitor: Visitor,
  ): Promise<{ readonly url: string; readonly flow: string }>
  /** `query` is the provider's answer, `flow` the cookie's value. */
  finishProvider(
    answer: { readonly provider: string; readonly query: string; readonly flow: string | undefined },
    visitor: Visitor,
  ): Promise<Proven | Waiting>
  look(code: string, visitor: Visitor): Promise<Invited>
  joinOptions(asked: Pick<Join, 'code' | 'name'>, visitor: Visitor): Promise<PasskeyOptions>
  join(join: Join, visitor: Visitor): Promise<Proven | Waiting>
}

/** A session to which both secrets of a request belong. */
export interface FoundSession {
  readonly id: string
  readonly personId: string
  readonly role: Role
  readonly method: SignInMethod
}

/** The open sessions of the console. */
export interface ConsoleSessions {
  /** `cookies`: the values under the cookie's name, of which a browser can send several. Counts as a use. */
  find(cookies: readonly string[], pageSecret: string | undefined): FoundSession | undefined
  open(
    session: Proven & { readonly device: string | null; readonly address: string },
  ): Promise<{ readonly cookie: string; readonly pageSecret: string; readonly keptMs: number | null }>
  end(id: string, personId: string): Promise<boolean>
  /** A token that opens one session: the owner's without `proof`. */
  issueToken(proof?: Proven): string
  /** Resolves when the tokens that were issued so far can be brought to any gateway. */
  tokensKnown(): Promise<void>
  /** Each token works once. */
  redeem(token: string): Promise<Proven | undefined>
  /** Calls the listener at once for each session that ends. Returns a function that removes it. */
  onEnded(listener: (id: string) => void): () => void
}
