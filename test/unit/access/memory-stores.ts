// Stands for the database behind access: three tables in memory, with a switch that makes every write fail as a full disk would.

import type { StoredKey } from '#shared/keys/stored.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { Person } from '#shared/people/person.ts'
import type { ArrivalStore, KeyStore, OriginStore } from '../../../src-main/access/ports.ts'
import type { PersonStore } from '../../../src-main/people/ports.ts'

export class MemoryStores {
  readonly personRows = new Map<string, Person>()
  readonly keyRows = new Map<string, StoredKey>()
  readonly originRows = new Map<string, OriginRecord>()
  /** Every call that reached a table, in order. */
  readonly calls: string[] = []
  diskFull = false
  /** What every write rejects with, if there is something. */
  failure: Error | undefined
  /** While set, writes wait for it. */
  held: Promise<void> | undefined

  readonly persons: PersonStore = {
    load: async () => structuredClone([...this.personRows.values()]),
    put: (person) => this.#write('persons.put', () => this.personRows.set(person.id, { ...person })),
    remove: (id) => this.#write('persons.remove', () => this.personRows.delete(id)),
  }

  readonly keys: KeyStore = {
    load: async () => structuredClone([...this.keyRows.values()]),
    insert: (key) => this.#write('keys.insert', () => this.keyRows.set(key.key.id, structuredClone(key))),
    replace: (key) => this.#write('keys.replace', () => this.keyRows.set(key.key.id, structuredClone(key))),
    remove: (id) => this.#write('keys.remove', () => this.keyRows.delete(id)),
    touch: (lastUsed) => this.#write('keys.touch', () => this.#touchKeys(lastUsed)),
  }

  readonly origins: OriginStore = {
    load: async () => structuredClone([...this.originRows.values()]),
    put: (record) => this.#write('origins.put', () => this.originRows.set(record.origin, { ...record })),
    remove: (origin) => this.#write('origins.remove', () => this.originRows.delete(origin)),
    touch: (records) => this.#write('origins.touch', () => this.#touchOrigins(records)),
  }

  readonly arrivals: ArrivalStore = {
    insert: ({ persons, keys, origins }) =>
      this.#write('arrivals.insert', () => {
        for (const person of persons) this.personRows.set(person.id, { ...person })
        for (const key of keys) this.keyRows.set(key.key.id, structuredClone(key))
        for (const record of origins) this.originRows.set(record.origin, { ...record })
      }),
  }

  async #write(call: string, change: () => unknown): Promise<void> {
    this.calls.push(call)
    await this.held
    if (this.failure !== undefined) throw this.failure
    if (this.diskFull) throw new Error('database or disk is full')
    change()
  }

  #touchKeys(lastUsed: ReadonlyMap<string, number>): void {
    for (const [id, lastUsedAt] of lastUsed) {
      const row = this.keyRows.get(id)
      if (row !== undefined) this.keyRows.set(id, { ...row, key: { ...row.key, lastUsedAt } })
    }
  }

  #touchOrigins(records: readonly OriginRecord[]): void {
    for (const record of records) {
      const { lastSeenAt, requests, refused } = record
      const known = this.originRows.get(record.origin)
      this.originRows.set(record.origin, { ...(known ?? record), lastSeenAt, requests, refused })
    }
  }
}
