import type { StoredKey } from '#shared/keys/stored.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { Connection, Run } from '../file/connection.ts'
import type { KeyTable } from './key-table.ts'
import type { OriginTable } from './origin-table.ts'

export interface ArrivalTableOptions {
  /** Commits survive a power cut. */
  readonly durable: Connection
  readonly run: Run
  readonly keys: Pick<KeyTable, 'insertNow'>
  readonly origins: Pick<OriginTable, 'putNow'>
}

/** Inserts keys and sites of another computer in one transaction, which waits for the disk once. */
export type ArrivalTable = ReturnType<typeof createArrivalTable>

export function createArrivalTable({ durable, run, keys, origins }: ArrivalTableOptions) {
  const insert = durable.transaction((arrivals: Arrivals) => {
    for (const key of arrivals.keys) keys.insertNow(key)
    for (const origin of arrivals.origins) origins.putNow(origin)
  })
  return { insert: (arrivals: Arrivals) => run(() => insert.immediate(arrivals)) }
}

interface Arrivals {
  readonly keys: readonly StoredKey[]
  readonly origins: readonly OriginRecord[]
}
