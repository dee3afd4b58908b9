import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SafeStorage } from 'electron'
import { PersonError } from '#shared/text/person-error.ts'
import { problem } from '#shared/text/problem.ts'
import type { SecretName, SecretVault } from '../../base/host.ts'

export interface SecretVaultOptions {
  readonly name: SecretName
  readonly dataDir: string
  readonly platform: NodeJS.Platform
  readonly safeStorage: SafeStorage
}

/**
 * A file that the system's keyring encrypts. The keyring is used only to read or write a secret, because on macOS that
 * can show a dialogue.
 */
export function openSecretVault({ name, dataDir, platform, safeStorage }: SecretVaultOptions): SecretVault {
  const path = join(dataDir, `${name}.encrypted`)

  async function write(secret: string | null) {
    if (secret === null) return rm(path, { force: true })
    if (!(await safeStorage.isAsyncEncryptionAvailable())) throw noKeyring(platform)
    const fresh = `${path}.new`
    await writeFile(fresh, await safeStorage.encryptStringAsync(secret), { mode: 0o600, flush: true })
    await rename(fresh, path)
  }

  return {
    async read() {
      const encrypted = await readIfThere(path)
      if (encrypted === undefined) return null
      const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(encrypted).catch(cannotDecrypt)
      // The keyring has a newer or a stronger key than the file was encrypted with. If writing fails, the file stays
      // readable with the old key.
      if (shouldReEncrypt) await write(result).catch(() => {})
      return result
    },
    write,
    weakness() {
      const isPlain = platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text'
      return isPlain ? BASIC_TEXT : null
    },
  }
}

/** A Linux desktop may run no keyring service. Electron cannot distinguish that from a locked keyring. */
function noKeyring(platform: NodeJS.Platform): PersonError {
  return platform === 'linux'
    ? new PersonError('no_keyring_service', NO_SERVICE)
    : new PersonError('no_keyring', NO_KEYRING)
}

const NO_KEYRING = 'This computer’s keyring is not open, so a key cannot be kept: unlock it, then try again.'
const NO_SERVICE =
  'No keyring answers on this desktop, so a key cannot be kept: install GNOME Keyring (the package gnome-keyring) or KWallet, or unlock the one you have, then try again.'
const BASIC_TEXT = problem(
  'weak_keyring',
  'This desktop has no keyring that Latchkey knows, so the key is stored with almost no protection: install GNOME Keyring or KWallet, then set it again.',
  {},
)

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function cannotDecrypt(cause: unknown): never {
  const sentence = 'The key was kept with another keyring and cannot be read: set it again.'
  throw new PersonError('keyring_changed', sentence, { cause })
}
