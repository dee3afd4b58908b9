import type { StoredKey } from '#shared/keys/stored.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { Person } from '#shared/people/person.ts'
import { onFreshRow } from '#shared/records/fresh-row.ts'
import type { Rooms } from '../rooms.ts'

/** The content of a file with keys. The `person` of a key is an id or a name. */
export interface ArrivingFile {
  readonly persons: readonly Person[]
  readonly keys: readonly StoredKey[]
  readonly origins: readonly OriginRecord[]
}

/**
 * Imports keys and sites with the persons whom the keys name, all or none. What exists does not change. Resolves to the
 * numbers imported. Rejects with a PersonError.
 */
export function adoptFile(
  rooms: Pick<Rooms, 'people' | 'access'>,
  file: ArrivingFile,
): Promise<{ persons: number; keys: number; origins: number }> {
  // Gateways that start at the same time can have the same file.
  return onFreshRow(() => adoptNow(rooms, file))
}

async function adoptNow(
  { people, access }: Pick<Rooms, 'people' | 'access'>,
  { persons, keys, origins }: ArrivingFile,
): Promise<{ persons: number; keys: number; origins: number }> {
  const here = new Set(access.keys.ids())
  const isNew = ({ key }: StoredKey) => !here.has(key.id)
  const plan = people.plan({ persons, named: keys.filter(isNew).map(({ key }) => key.person) })
  const withPerson = (stored: StoredKey) =>
    isNew(stored) ? { ...stored, key: { ...stored.key, person: plan.idOf(stored.key.person) } } : stored
  const done = await access.adopt({ persons: plan.fresh, keys: keys.map(withPerson), origins })
  people.takeIn(plan.fresh)
  return { ...done, persons: plan.fresh.length }
}
