import { OWNER_ID } from '#shared/people/person-id.ts'
import type { Log } from '../../base/log.ts'
import { newSecret, sha256 } from '../secrets.ts'
import { LINK_TOKEN_MS, RETURN_TOKEN_MS } from './lifetimes.ts'
import type { Proof, TokenStore } from './ports.ts'

interface Issued {
  readonly proof: Proof
  /** ms UTC. */
  readonly expiresAt: number
}

const OWNER: Proof = { personId: OWNER_ID, method: 'link' }
/** Of each kind, so that sign-ins never displace the owner's link. */
const MOST_TOKENS = 16
const MOST_RETURNS = 1000

export interface TokensOptions {
  /** null: they are in memory. */
  readonly tokens: TokenStore | null
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
  readonly log: Pick<Log, 'warn'>
}

/**
 * One-time tokens of 256 random bits. Only their hashes are kept: in memory, where they do not survive a restart, or where all
 * gateways of a shared database find them.
 */
export class Tokens {
  readonly #options: TokensOptions
  readonly #links = new Map<string, Issued>()
  readonly #returns = new Map<string, Issued>()
  #writing: Promise<void> = Promise.resolve()

  constructor(options: TokensOptions) {
    this.#options = options
  }

  issue(proof?: Proof): string {
    const token = newSecret(this.#options.randomBytes)
    const [tokens, lifetime, most] =
      proof === undefined
        ? ([this.#links, LINK_TOKEN_MS, MOST_TOKENS] as const)
        : ([this.#returns, RETURN_TOKEN_MS, MOST_RETURNS] as const)
    const issued = { proof: proof ?? OWNER, expiresAt: this.#options.now() + lifetime }
    const keep = () => {
      tokens.set(sha256(token), issued)
      dropFirst(tokens, most)
    }
    if (this.#options.tokens === null) keep()
    else this.#share(sha256(token), issued, this.#options.tokens, keep)
    return token
  }

  /** Each token works once. */
  async redeem(token: string): Promise<Proof | undefined> {
    const hash = sha256(token)
    const { tokens } = this.#options
    await this.#writing
    const kept = this.#take(hash)
    return kept === undefined && tokens !== null ? tokens.take(hash) : kept
  }

  /** Resolves when the tokens that were issued so far work at every gateway. */
  known(): Promise<void> {
    return this.#writing
  }

  /** Without its database, this gateway keeps the token itself. */
  #share(hash: string, { proof, expiresAt }: Issued, tokens: TokenStore, keep: () => void): void {
    const writing = tokens.put(hash, proof, expiresAt).catch((err: unknown) => {
      this.#options.log.warn({ err }, 'could not write a one-time token, so it opens the console of this gateway only')
      keep()
    })
    this.#writing = Promise.all([this.#writing, writing]).then(() => undefined)
  }

  #take(hash: string): Proof | undefined {
    const issued = this.#links.get(hash) ?? this.#returns.get(hash)
    this.#links.delete(hash)
    this.#returns.delete(hash)
    return issued !== undefined && issued.expiresAt > this.#options.now() ? issued.proof : undefined
  }
}

function dropFirst(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return
    map.delete(key)
  }
}
