import { PersonError } from '#shared/person-error.ts'
import type { UpstreamCredentialStatus } from '#shared/upstream-credential.ts'
import type { Host } from './host.ts'

/** The upstream's own key, for an Ollama behind a proxy or in the cloud. It goes to the upstream and nowhere else. */
export interface UpstreamCredential {
  /** What the upstream wants in `Authorization: Bearer`, or null. */
  read(): string | null
  status(): UpstreamCredentialStatus
  /** In effect from the next request on. Rejects with a PersonError, and then nothing has changed. */
  change(credential: string | null): Promise<UpstreamCredentialStatus>
}

/** Reads it once: requests must not wait for a keyring. A vault that cannot be opened is told, and does not stop the start. */
export async function openUpstreamCredential({
  env,
  secretVault,
  log,
}: Pick<Host, 'env' | 'secretVault' | 'log'>): Promise<UpstreamCredential> {
  const fromEnvironment = env['LATCHKEY_UPSTREAM_KEY'] || null
  let problem: string | null = null
  let stored = await secretVault.read().catch((error: unknown) => {
    log.error({ err: error }, 'the upstream’s key could not be read')
    problem = error instanceof PersonError ? error.message : 'The stored key of Ollama cannot be read: set it again.'
    return null
  })

  const status = (): UpstreamCredentialStatus => ({
    source: fromEnvironment !== null ? 'environment' : stored !== null ? 'vault' : 'none',
    problem: problem ?? (stored === null ? null : secretVault.weakness()),
  })

  return {
    read: () => fromEnvironment ?? stored,
    status,
    async change(credential) {
      if (fromEnvironment !== null) throw new PersonError('credential_from_environment', FROM_ENVIRONMENT)
      await secretVault.write(credential)
      stored = credential
      problem = null
      return status()
    },
  }
}

const FROM_ENVIRONMENT =
  'The key of Ollama comes from the variable LATCHKEY_UPSTREAM_KEY: change it there, or remove it there first.'
