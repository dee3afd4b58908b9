import type { StoredInvitation } from '#shared/people/stored.ts'
import { INVITATIONS } from '../../rows/record-kinds.ts'
import type { Connection, Run } from '../file/connection.ts'
import { createRecordTable } from './record-table.ts'

export type InvitationTable = ReturnType<typeof createInvitationTable>

/** Invitations without their codes. An invalid row is left out: nobody joins with it. */
export function createInvitationTable({ durable, run }: { durable: Connection; run: Run }) {
  const isOpen = durable
    .prepare<[string], 1>('SELECT 1 FROM invitations WHERE id = ? AND used_at IS NULL AND revoked_at IS NULL')
    .pluck()
  const table = createRecordTable({ kind: INVITATIONS, durable, run, onUnreadable: () => undefined })
  return {
    ...table,
    /** Writes that the invitation was used. Throws if that cannot be. Use it within a transaction of the caller. */
    useNow(invitation: StoredInvitation): void {
      if (isOpen.get(invitation.id) !== 1) throw new Error(`the invitation ${invitation.id} is not open`)
      table.putNow(invitation)
    },
  }
}
