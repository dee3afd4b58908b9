import type { StoredKey } from '#shared/keys/stored.ts'
import type { Rooms } from './rooms.ts'

/**
 * Adds the keys of a file that are not here yet. A key that was changed, rotated or deleted here stays as it is, so that
 * a restart undoes nothing. Rejects with a PersonError; then no key was added, and the rooms are closed.
 */
export async function seedKeys(seeds: readonly StoredKey[], { access, close }: Rooms): Promise<void> {
  const isNew = ({ secrets }: StoredKey) => !secrets.some(({ hash }) => access.keys.hasSecret(hash))
  const missing = seeds.filter(isNew)
  if (missing.length === 0) return
  try {
    await access.adopt({ keys: missing, origins: [] })
  } catch (error) {
    await close()
    throw error
  }
}
