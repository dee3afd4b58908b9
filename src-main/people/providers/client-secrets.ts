import { z } from 'zod'
import type { Provider } from '#shared/people/sign-in.ts'
import type { SecretVault } from '../../base/host.ts'
import type { Log } from '../../base/log.ts'
import { Sequencer } from '../../base/sequencer.ts'
import { providerProblem } from './provider-problem.ts'

const heldSchema = z.record(z.string(), z.object({ secret: z.string(), boundTo: z.string() }))
type Held = z.infer<typeof heldSchema>

export interface ClientSecretsOptions {
  readonly vault: SecretVault
  readonly log: Log
}

/**
 * The client secrets of all providers, in one secret of the vault. Each is sent only to the issuer for which it was set:
 * otherwise anybody who can change an issuer could have the secret sent to themselves.
 */
export class ClientSecrets {
  readonly #options: ClientSecretsOptions
  readonly #sequencer = new Sequencer()
  #held: Held | undefined

  constructor(options: ClientSecretsOptions) {
    this.#options = options
  }

  /** True if there is a secret for this provider as it is now. Rejects with a PersonError if the vault is closed. */
  async has(provider: Provider): Promise<boolean> {
    return Object.hasOwn(await this.#read(provider), provider.id) && (await this.#find(provider)) !== null
  }

  /** null if there is none. Rejects with a PersonError if it was set for another issuer, or the vault is closed. */
  async read(provider: Provider): Promise<string | null> {
    const found = await this.#find(provider)
    if (found !== null || !Object.hasOwn(await this.#read(provider), provider.id)) return found
    throw providerProblem('provider_secret_for_another', { name: provider.name })
  }

  /**
   * Sets or removes it, and removes those of providers that are not in `all` any more. Rejects with a PersonError if it
   * cannot be stored, and then nothing has changed.
   */
  write(provider: Provider, secret: string | null, all: readonly Provider[]): Promise<void> {
    return this.#sequencer.queue(async () => {
      // A vault that cannot be read is replaced, because nothing else would help.
      const held = await this.#read(provider).catch((): Held => ({}))
      const kept = Object.entries(held).filter(([id]) => id !== provider.id && all.some((other) => other.id === id))
      const added = secret === null ? [] : [[provider.id, { secret, boundTo: boundTo(provider) }] as const]
      const next: Held = Object.fromEntries([...kept, ...added])
      await this.#options.vault.write(Object.keys(next).length === 0 ? null : JSON.stringify(next))
      this.#held = next
    })
  }

  async #find(provider: Provider): Promise<string | null> {
    const held = (await this.#read(provider))[provider.id]
    return held !== undefined && held.boundTo === boundTo(provider) ? held.secret : null
  }

  /** Read once; again if the vault could not be read, because a keyring can be opened later. */
  async #read({ name }: Provider): Promise<Held> {
    if (this.#held !== undefined) return this.#held
    try {
      const text = await this.#options.vault.read()
      this.#held ??= text === null ? {} : heldSchema.parse(JSON.parse(text))
      return this.#held
    } catch (err) {
      // The text of a parser's error could quote the vault.
      this.#options.log.error({ name: (err as Error).name }, 'could not read the client secrets of providers')
      throw providerProblem('provider_secret_unreadable', { name })
    }
  }
}

function boundTo({ preset, issuer }: Provider): string {
  return preset === 'github' ? 'github' : (issuer ?? '')
}
