import type { Invitation } from '#shared/people/invitation.ts'
import type { Person } from '#shared/people/person.ts'
import { isOperator, mayRecover } from '#shared/people/role.ts'
import type { StoredInvitation } from '#shared/people/stored.ts'

/** By what an invitation is judged. */
export interface JudgedBy {
  readonly findPerson: (id: string) => Person | undefined
  readonly now: () => number
}

/**
 * An invitation is worth what its maker may do now: one of a former admin lets nobody in, nor does one for somebody who has
 * become an admin since another admin made it, or who is paused.
 */
export function stateOf(invitation: StoredInvitation, { findPerson, now }: JudgedBy): Invitation['state'] {
  if (invitation.usedAt !== null) return 'used'
  if (invitation.revokedAt !== null || !isAllowed(invitation, findPerson)) return 'revoked'
  return invitation.expiresAt <= now() ? 'expired' : 'open'
}

function isAllowed({ createdBy, person: id }: StoredInvitation, findPerson: JudgedBy['findPerson']): boolean {
  const maker = findPerson(createdBy)
  if (maker?.state !== 'active') return false
  if (id === null) return isOperator(maker.role)
  const person = findPerson(id)
  return person?.state === 'active' && mayRecover(maker.role, person.role)
}

/** True if it was used or revoked, so that it can never be open again. */
export function isClosed({ usedAt, revokedAt }: StoredInvitation): boolean {
  return usedAt !== null || revokedAt !== null
}
