import { z } from 'zod'
import { INPUT_SENTENCES } from '#shared/text/input-sentence.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { type Problem, problem } from '#shared/text/problem.ts'
import { parseCredential, type UpstreamCredentialStatus } from '#shared/upstreams/upstream-credential.ts'
import type { Host } from '../base/host.ts'

/** The upstream's own key, for an Ollama behind a proxy or in the cloud. It is sent only to that upstream. */
export interface UpstreamCredential {
  /** The current key, or null. The same object until it changes. */
  read(): HeldCredential | null
  /** The status of the key for the current upstream address. */
  status(upstream: string): UpstreamCredentialStatus
  /**
   * Sets the key for this upstream, effective from the next request. Rejects with a PersonError if it cannot be stored,
   * and then nothing has changed.
   */
  change(secret: string | null, upstream: string): Promise<UpstreamCredentialStatus>
}

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

/**
 * Reads the key once, because requests must not wait for a keyring. A vault that cannot be opened is reported and does
 * not stop the start.
 */
export async function openUpstreamCredential({
  env,
  secretVault,
  log,
}: Pick<Host, 'env' | 'secretVault' | 'log'>): Promise<UpstreamCredential> {
  const variable = env['LATCHKEY_UPSTREAM_KEY'] || null
  const fromEnvironment = variable === null ? null : { secret: variable, origin: null }
  let unreadable: Problem | null = null
  let stored = await readVault().catch((error: unknown) => {
    log.error({ err: error }, 'could not read the upstream’s key')
    unreadable = error instanceof PersonError ? error.problem : CANNOT_BE_READ
    return null
  })

  async function readVault(): Promise<HeldCredential | null> {
    const text = await secretVault.read()
    return text === null ? null : heldSchema.parse(JSON.parse(text))
  }

  function status(upstream: string): UpstreamCredentialStatus {
    if (fromEnvironment !== null) {
      const fits = parseCredential(fromEnvironment.secret) !== null
      return { source: 'environment', problem: fits ? null : KEY_WRONG }
    }
    if (stored === null) return { source: 'none', problem: unreadable }
    const fits = authorizationFor(stored, upstream) !== null
    return { source: 'vault', problem: fits ? secretVault.weakness() : setForAnother(stored) }
  }

  return {
    read: () => fromEnvironment ?? stored,
    status,
    async change(secret, upstream) {
      if (fromEnvironment !== null) throw new PersonError('credential_from_environment', FROM_ENVIRONMENT)
      const held = secret === null ? null : { secret, origin: new URL(upstream).origin }
      await secretVault.write(held === null ? null : JSON.stringify(held))
      stored = held
      unreadable = null
      return status(upstream)
    },
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
