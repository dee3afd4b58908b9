import { randomBytes } from 'node:crypto'
import { PROVIDER_RETURN_PATH } from '#shared/console-api/sign-in-api.ts'
import type { Provider, ProviderState } from '#shared/people/sign-in.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { SecretVault } from '../../base/host.ts'
import type { Log } from '../../base/log.ts'
import type { SealedFlows } from '../flows/sealed-flows.ts'
import { newSecret } from '../secrets.ts'
import { ClientSecrets } from './client-secrets.ts'
import { createGithubClient, GITHUB, type GithubEndpoints } from './github-client.ts'
import { checkDomain, type Identity } from './identity.ts'
import { createOidcClient } from './oidc-client.ts'
import type { Proven, Visitor } from './ports.ts'
import type { ProviderClient } from './provider-client.ts'
import { describeError, providerError } from './provider-error.ts'
import { noSuchProvider, type ProviderFlow, ProviderFlows } from './provider-flows.ts'
import { providerProblem } from './provider-problem.ts'

export interface ProvidersOptions {
  readonly settings: () => Pick<Settings, 'providers'>
  readonly vault: SecretVault
  readonly flows: SealedFlows
  /** The console's origin for others, such as `https://latchkey.example`; null while there is none. */
  readonly consoleOrigin: () => string | null
  readonly admit: (identity: Identity, code: string | null, visitor: Visitor) => Promise<Proven | 'waiting'>
  readonly now: () => number
  readonly log: Log
  /** By default the real ones. */
  readonly github?: GithubEndpoints
}

interface Asked {
  readonly provider: string
  readonly code: string | null
}

interface Answer {
  readonly provider: string
  readonly query: string
  /** The sealed sign-in from the browser's cookie. */
  readonly flow: string | undefined
}

const MOST_QUERY = 8000

/** Sign-in at GitHub and at providers of OpenID Connect. Every call rejects with a PersonError. */
export class Providers {
  readonly #options: ProvidersOptions
  readonly #secrets: ClientSecrets
  readonly #flows: ProviderFlows

  constructor(options: ProvidersOptions) {
    this.#options = options
    this.#secrets = new ClientSecrets(options)
    this.#flows = new ProviderFlows(options.flows)
  }

  list(): Promise<ProviderState[]> {
    return Promise.all(this.#all().map((provider) => this.#stateOf(provider)))
  }

  /** null removes it. Resolves to undefined if there is no such provider. */
  async setSecret(id: string, secret: string | null): Promise<ProviderState | undefined> {
    const provider = this.#find(id)
    if (provider === undefined) return undefined
    await this.#secrets.write(provider, secret, this.#all())
    return this.#stateOf(provider)
  }

  /** Resolves to false if there is no such provider. Rejects with a PersonError that says why nobody can sign in there. */
  async check(id: string): Promise<boolean> {
    const provider = this.#find(id)
    if (provider === undefined) return false
    await this.#explained(provider, async () => (await this.#client(provider)).check(this.#redirectUri(provider)))
    return true
  }

  /** `url` is where the browser goes, `flow` for a cookie of it. */
  async begin(asked: Asked, visitor: Visitor): Promise<{ readonly url: string; readonly flow: string }> {
    const provider = this.#find(asked.provider)
    if (provider === undefined) throw noSuchProvider()
    const secrets = {
      verifier: newSecret(randomBytes),
      nonce: newSecret(randomBytes),
      redirectUri: redirectUriAt(visitor.origin, provider),
    }
    const { sealed, state } = await this.#flows.begin(provider, { ...secrets, code: asked.code })
    const url = await this.#explained(provider, async () => (await this.#client(provider)).begin({ ...secrets, state }))
    return { url, flow: sealed }
  }

  /** `query` is the provider's answer. */
  async finish({ provider: id, query, flow: sealed }: Answer, visitor: Visitor): Promise<Proven | 'waiting'> {
    const answer = new URLSearchParams(query.slice(0, MOST_QUERY))
    const provider = this.#find(id)
    const flow = await this.#flows.take(provider, { sealed, provider: id, state: answer.get('state') })
    if (provider === undefined) throw noSuchProvider()
    const identity = await this.#explained(provider, () => this.#identify(provider, flow, answer))
    return this.#options.admit(identity, flow.code, visitor)
  }

  async #identify(provider: Provider, flow: ProviderFlow, answer: URLSearchParams): Promise<Identity> {
    const identity = await (await this.#client(provider)).finish(flow, answer)
    checkDomain(provider, identity.email)
    return identity
  }

  async #client(provider: Provider): Promise<ProviderClient> {
    const { now, github = GITHUB } = this.#options
    const secret = await this.#secrets.read(provider)
    const { name, preset, issuer } = provider
    if (preset === 'github') {
      if (secret === null) throw providerProblem('provider_secret_missing', { name })
      return createGithubClient({ provider, secret, endpoints: github, now })
    }
    if (issuer === null) throw providerProblem('provider_issuer_missing', { name })
    return createOidcClient({ provider, issuer: new URL(issuer), secret, now })
  }

  async #explained<T>(provider: Provider, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (err) {
      this.#options.log.warn({ provider: provider.id, ...describeError(err) }, 'a provider cannot be used')
      throw providerError(err, provider)
    }
  }

  async #stateOf(provider: Provider): Promise<ProviderState> {
    // A closed vault is what `check` is about.
    const hasSecret = await this.#secrets.has(provider).catch(() => false)
    return { ...provider, hasSecret, redirectUrl: this.#redirectUri(provider) }
  }

  #redirectUri(provider: Provider): string | null {
    const origin = this.#options.consoleOrigin()
    return origin === null ? null : redirectUriAt(origin, provider)
  }

  #all(): readonly Provider[] {
    return this.#options.settings().providers
  }

  #find(id: string): Provider | undefined {
    return this.#all().find((provider) => provider.id === id)
  }
}

function redirectUriAt(origin: string, { id }: Provider): string {
  return `${origin}${PROVIDER_RETURN_PATH}/${id}`
}
