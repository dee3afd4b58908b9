import { CREDENTIALS } from '../../rows/record-kinds.ts'
import type { Connection, Run } from '../file/connection.ts'
import { createRecordTable } from './record-table.ts'

export type CredentialTable = ReturnType<typeof createCredentialTable>

/** The ways in of all persons. An invalid row is left out: nobody comes in with it. */
export function createCredentialTable({ durable, run }: { durable: Connection; run: Run }) {
  return createRecordTable({ kind: CREDENTIALS, durable, run, onUnreadable: () => undefined })
}
