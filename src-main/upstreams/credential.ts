import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { INPUT_SENTENCES } from '#shared/text/input-sentence.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { type Problem, problem } from '#shared/text/problem.ts'
import { parseCredential, type UpstreamCredentialStatus } from '#shared/upstreams/upstream-credential.ts'
import type { Host, SecretVault } from '../base/host.ts'

const heldSchema = z.object({
  secret: z.string(),
  /** The only origin that may receive it. null: any upstream, because the key is from the environment. */
  origin: z.string().nullable(),
})
export type HeldCredential = z.infer<typeof heldSchema>

/**
 * The Authorization value for an upstream, or null. A key that was set for one address is not sent to another.
 * Otherwise anybody who can change the address (a compromised page) could have the key sent to themselves.
 */
export function authorizationFor(held: HeldCredential | null, upstream: string): string | null {
  if (held === null || (held.origin !== null && held.origin !== new URL(upstream).origin)) return null
  const credential = parseCredential(held.secret)
  if (credential === null) return null
  const { scheme, value, isEncoded } = credential
  return `${scheme} ${isEncoded ? value : Buffer.from(value).toString('base64')}`
}

type CredentialOptions = Pick<Host, 'env' | 'secretVault' | 'log'>

/** The upstream's own key, for an Ollama behind a proxy or in the cloud. It is sent only to that upstream. */
export class UpstreamCredential {
  readonly #vault: SecretVault
  readonly #log: CredentialOptions['log']
  readonly #fromEnvironment: HeldCredential | null
  #stored: HeldCredential | null
  /** Set if the vault could not be read at the start. */
  #unreadable: Problem | null

  private constructor({ env, log }: CredentialOptions, vault: SecretVault, found: FoundInVault) {
    const variable = env['LATCHKEY_UPSTREAM_KEY'] || null
    this.#vault = vault
    this.#log = log
    this.#fromEnvironment = variable === null ? null : { secret: variable, origin: null }
    this.#stored = found.stored
    this.#unreadable = found.problem
  }

  /**
   * Reads the key once, because requests must not wait for a keyring. A vault that cannot be opened is reported and does
   * not stop the start.
   */
  static async open(options: CredentialOptions): Promise<UpstreamCredential> {
    const vault = options.secretVault('upstream-key')
    return new UpstreamCredential(options, vault, await readVault(vault, options.log))
  }

  /** Reads the stored key again, after another process has changed it. */
  async reread(): Promise<void> {
    const { stored, problem: unreadable } = await readVault(this.#vault, this.#log)
    if (!isDeepStrictEqual(stored, this.#stored)) this.#stored = stored
    this.#unreadable = unreadable
  }

  /** The current key, or null. The same object until it changes. */
  read(): HeldCredential | null {
    return this.#fromEnvironment ?? this.#stored
  }

  /** The status of the key for the current upstream address. */
  status(upstream: string): UpstreamCredentialStatus {
    if (this.#fromEnvironment !== null) {
      const isValid = parseCredential(this.#fromEnvironment.secret) !== null
      return { source: 'environment', problem: isValid ? null : KEY_WRONG }
    }
    if (this.#stored === null) return { source: 'none', problem: this.#unreadable }
    const isSent = authorizationFor(this.#stored, upstream) !== null
    return { source: 'vault', problem: isSent ? this.#vault.weakness() : setForAnother(this.#stored) }
  }

  /**
   * Sets the key for this upstream, effective from the next request. Rejects with a PersonError if it cannot be stored,
   * and then nothing has changed.
   */
  async change(secret: string | null, upstream: string): Promise<UpstreamCredentialStatus> {
    if (this.#fromEnvironment !== null) throw new PersonError('credential_from_environment', FROM_ENVIRONMENT)
    const held = secret === null ? null : { secret, origin: new URL(upstream).origin }
    await this.#vault.write(held === null ? null : JSON.stringify(held))
    this.#stored = held
    this.#unreadable = null
    return this.status(upstream)
  }
}

interface FoundInVault {
  readonly stored: HeldCredential | null
  readonly problem: Problem | null
}

async function readVault(vault: SecretVault, log: CredentialOptions['log']): Promise<FoundInVault> {
  try {
    const text = await vault.read()
    return { stored: text === null ? null : heldSchema.parse(JSON.parse(text)), problem: null }
  } catch (err) {
    log.error({ err }, 'could not read the upstream’s key')
    return { stored: null, problem: err instanceof PersonError ? err.problem : CANNOT_BE_READ }
  }
}

const KEY_WRONG = problem('upstream_key_wrong', INPUT_SENTENCES.upstream_key_wrong, {})
const CANNOT_BE_READ = problem(
  'credential_unreadable',
  'Latchkey cannot read the stored key of Ollama. Set it again.',
  {},
)
const FROM_ENVIRONMENT = 'The variable LATCHKEY_UPSTREAM_KEY sets the key of Ollama. Change or remove it there.'

function setForAnother({ origin }: HeldCredential): Problem {
  const sentence = `This key was set for ${origin} and is not sent to other addresses. Set it again for the new address.`
  return problem('credential_for_another', sentence, { origin: origin ?? '' })
}
