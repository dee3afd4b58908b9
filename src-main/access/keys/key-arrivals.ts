import type { StoredKey } from '#shared/keys/stored.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { checkedChoices } from './key-choices.ts'
import type { KeyRing } from './key-ring.ts'

/**
 * Of keys from another computer those that are not here, checked as if a person had made them. Throws a PersonError for
 * a key that is there twice, and for a secret that another key has: it would open only one of the two.
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

/** One secret without an end, at most, and the key is told by its beginning. */
function fits({ key, secrets }: StoredKey): boolean {
  const current = secrets.filter(({ expiresAt }) => expiresAt === null)
  return current.length <= 1 && current.every(({ prefix }) => prefix === key.prefix)
}

function twice(id: string): string {
  return `The file has the key ${id} twice, so nothing was changed. Take one of them out.`
}

const SENTENCES = {
  setup_secret_twice: (name: string) =>
    `The key “${name}” has the same secret as another one in the file or here, so nothing was changed. Delete one of them.`,
  setup_secret_wrong: (name: string) =>
    `The secret of the key “${name}” does not fit its beginning, so nothing was changed. Export the file again.`,
}

function secretProblem(code: keyof typeof SENTENCES, name: string): PersonError {
  return new PersonError(code, SENTENCES[code](name), { parts: { name } })
}
