import type { Key, KeyPatch } from '#shared/keys/key.ts'
import type { Scope } from '#shared/keys/scopes.ts'
import { OWNER_ID } from '#shared/people/person-id.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { plural } from '#shared/text/plural.ts'
import type { Caller } from '../caller.ts'
import type { ConsolePorts, OwnFacts } from '../ports.ts'
import { refused } from './refused.ts'

/** The scopes that members may give to their keys. The others reach what belongs to everybody. */
const OWN_SCOPES: readonly Scope[] = ['chat', 'models', 'usage']

/** Keys that a person can make, deleted ones included: they stay in the data file. Far more than anybody needs. */
const MOST_OWN_KEYS = 200

/**
 * A person's own keys. Keys of others are not found, as if they did not exist. Members make and change their keys, which
 * never allow more than the person; guests only get a new secret for a key that they were given.
 */
export function ownKeys(core: ConsolePorts['keys'], { personId, role }: Caller, facts: OwnFacts): ConsolePorts['keys'] {
  const isOwn = (id: string) => facts.personOf(id) === personId
  const ifOwn = async <T>(id: string, work: () => Promise<T | undefined>) => (isOwn(id) ? work() : undefined)
  const known = (id: string) => facts.keysOf(personId).find(({ key }) => key.id === id)?.key
  const rotate = (id: string, graceMs: number) =>
    ifOwn(id, async () => {
      const issued = await core.rotate(id, graceMs)
      // An operator may have given the key to somebody else meanwhile, and then the secret is theirs.
      return issued?.person === personId ? issued : undefined
    })
  const read = {
    list: async () => (await core.list()).filter(({ person }) => person === personId),
    deleted: async () => (await core.deleted()).filter(({ person }) => person === personId),
    rotate,
  }
  if (role !== 'member') return { ...read, create: refused, update: refused, delete: refused, restore: refused }
  return {
    ...read,
    async create(key, via) {
      if (facts.keysOf(personId).length >= MOST_OWN_KEYS) throw tooMany()
      // Without a person a key is the owner's.
      const own = key.person === OWNER_ID ? { ...key, person: personId } : key
      checkOwn(own, undefined, personId)
      return core.create(own, via)
    },
    update: (id, patch) =>
      ifOwn(id, async () => {
        checkOwn(patch, known(id), personId)
        return core.update(id, patch)
      }),
    delete: (id) => ifOwn(id, () => core.delete(id)),
    restore: (id) =>
      ifOwn(id, async () => {
        // An operator may have deleted it because of these rights.
        checkOwn(known(id) ?? {}, undefined, personId)
        return core.restore(id)
      }),
  }
}

/** Throws a PersonError `key_field_not_allowed` for what only an operator may give. What the key has already may stay. */
function checkOwn({ person, scopes, online }: KeyPatch, before: Key | undefined, personId: string): void {
  if (person !== undefined && person !== personId) throw notAllowed('person')
  if (scopes?.some((scope) => !OWN_SCOPES.includes(scope) && before?.scopes.includes(scope) !== true))
    throw notAllowed('scopes')
  // Online models can cost the owner money, and what is asked there leaves the computer.
  if (online === true && before?.online !== true) throw notAllowed('online')
}

function notAllowed(field: string): PersonError {
  const sentence = `You cannot set this on your own keys: ${field}. Ask the owner of this Latchkey.`
  return new PersonError('key_field_not_allowed', sentence, { parts: { field } })
}

function tooMany(): PersonError {
  const sentence = `You have made ${plural(MOST_OWN_KEYS, 'key')}, the most that a person can make. Ask the owner of this Latchkey.`
  return new PersonError('too_many_keys', sentence, { parts: { limit: String(MOST_OWN_KEYS) } })
}
