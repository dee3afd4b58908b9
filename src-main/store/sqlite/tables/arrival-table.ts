import type { StoredKey } from '#shared/keys/stored.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { Person } from '#shared/people/person.ts'
import type { Connection, Run } from '../file/connection.ts'
import type { KeyTable } from './key-table.ts'
import type { OriginTable } from './origin-table.ts'
import type { PersonTable } from './person-table.ts'

export interface ArrivalTableOptions {
  /** Commits survive a power cut. */
  readonly durable: Connection
  readonly run: Run
  readonly persons: Pick<PersonTable, 'putNow'>
  readonly keys: Pick<KeyTable, 'insertNow'>
  readonly origins: Pick<OriginTable, 'putNow'>
}

/** Inserts persons, keys and sites of another computer in one transaction, which waits for the disk once. */
export type ArrivalTable = ReturnType<typeof createArrivalTable>

export function createArrivalTable({ durable, run, persons, keys, origins }: ArrivalTableOptions) {
  const insert = durable.transaction((arrivals: Arrivals) => {
    for (const person of arrivals.persons) persons.putNow(person)
    for (const key of arrivals.keys) keys.insertNow(key)
    for (const origin of arrivals.origins) origins.putNow(origin)
  })
  return { insert: (arrivals: Arrivals) => run(() => insert.immediate(arrivals)) }
}

interface Arrivals {
  readonly persons: readonly Person[]
  readonly keys: readonly StoredKey[]
  readonly origins: readonly OriginRecord[]
}
