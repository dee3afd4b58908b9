import type { StoredKey } from '#shared/keys/stored.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { checkedChoices } from './key-choices.ts'
import type { KeyRing } from './key-ring.ts'

/**
 * Returns the imported keys that do not exist here, validated like a person's input. Throws a PersonError for a
 * duplicate key, and for a secret that another key has, because a secret can identify only one key.
 */
export function checkedArrivals(keys: readonly StoredKey[], ring: KeyRing): StoredKey[] {
  const ids = new Set<string>()
  const hashes = new Set<string>()
  return keys.flatMap((stored) => {
    const { id } = stored.key
    if (ids.has(id)) throw new PersonError('setup_key_twice', twice(id), { parts: { id } })
    ids.add(id)
    if (ring.find(id) !== undefined) return []
    const key = checkedChoices(stored.key)
    for (const { hash } of stored.secrets) {
      if (hashes.has(hash) || ring.hasHash(hash)) throw secretProblem('setup_secret_twice', key.name)
      hashes.add(hash)
    }
    if (!fits(stored)) throw secretProblem('setup_secret_wrong', key.name)
    return [{ ...stored, key }]
  })
}

/** True if at most one secret has no end and the key's prefix matches it. */
function fits({ key, secrets }: StoredKey): boolean {
  const current = secrets.filter(({ expiresAt }) => expiresAt === null)
  return current.length <= 1 && current.every(({ prefix }) => prefix === key.prefix)
}

function twice(id: string): string {
  return `The file contains the key ${id} twice, so nothing was changed. Remove one of them.`
}

const SENTENCES = {
  setup_secret_twice: (name: string) =>
    `The key “${name}” has the same secret as another key in the file or in Latchkey, so nothing was changed. Delete one of them.`,
  setup_secret_wrong: (name: string) =>
    `The secret of the key “${name}” does not match its first 12 characters, so nothing was changed. Export the file again.`,
}

function secretProblem(code: keyof typeof SENTENCES, name: string): PersonError {
  return new PersonError(code, SENTENCES[code](name), { parts: { name } })
}
