import type { StoredKey } from '#shared/keys/stored.ts'
import type { ForeignRows } from '#shared/records/foreign-rows.ts'
import type { PostgresStore } from '../../../src-main/store/postgres/postgres-store.ts'
import { openShared } from '../contract/stores.ts'

/** A store as a gateway uses it: it follows the others, and its memory has the keys and the names of persons. */
export interface Gateway {
  readonly store: PostgresStore
  /** What was handed over, in order. */
  readonly handed: ForeignRows[]
  readonly keys: Map<string, StoredKey>
  readonly persons: Map<string, string>
  /** Writes a key, and then has it in memory, as the access room does. */
  write(stored: StoredKey): Promise<void>
  remove(id: string): Promise<void>
}

export async function openGateway(url: string, name = 'box:/data'): Promise<Gateway> {
  const store = await openShared(url, name)
  const handed: ForeignRows[] = []
  const keys = new Map((await store.keys.load()).map((stored) => [stored.key.id, stored]))
  const persons = new Map((await store.persons.load()).map(({ id, name: called }) => [id, called]))
  for (const kind of ['credentials', 'invitations', 'origins', 'sessions'] as const) await store[kind].load()
  store.follow((rows) => {
    handed.push(rows)
    for (const stored of rows.keys.put) keys.set(stored.key.id, stored)
    for (const id of rows.keys.removed) keys.delete(id)
    for (const person of rows.persons.put) persons.set(person.id, person.name)
    for (const id of rows.persons.removed) persons.delete(id)
  })
  return {
    store,
    handed,
    keys,
    persons,
    async write(stored) {
      await (keys.has(stored.key.id) ? store.keys.replace(stored) : store.keys.insert(stored))
      keys.set(stored.key.id, stored)
    },
    async remove(id) {
      await store.keys.remove(id)
      keys.delete(id)
    },
  }
}
