import { chmodSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SecretName, SecretVault } from '../base/host.ts'
import { makePrivate } from '../base/private-files.ts'

/**
 * A file of mode 0600 in the data directory, because a server has no keyring that opens without a person. Anybody who
 * can read it can also read the database next to it.
 */
export function openSecretFile(dataDir: string, name: SecretName): SecretVault {
  const path = join(dataDir, name)
  return {
    async read() {
      try {
        makePrivate(path)
        return (await readFile(path, 'utf8')).trim() || null
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw error
      }
    },
    async write(secret) {
      if (secret === null) return rm(path, { force: true })
      const fresh = `${path}.new`
      await writeFile(fresh, secret, { mode: 0o600, flush: true })
      // An existing file keeps its old mode.
      chmodSync(fresh, 0o600)
      await rename(fresh, path)
    },
    weakness: () => null,
  }
}
