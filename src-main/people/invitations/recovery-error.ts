import type { Person } from '#shared/people/person.ts'
import { type GivenRole, mayRecover, type Role } from '#shared/people/role.ts'
import { PersonError } from '#shared/text/person-error.ts'

/**
 * The role of the person. Throws a PersonError unless somebody with the role `by` may make an invitation with which they get in
 * again.
 */
export function checkRecovery(by: Role | undefined, { role, state }: Pick<Person, 'role' | 'state'>): GivenRole {
  if (role === 'owner') throw ownerNeedsNone()
  if (!mayRecover(by, role)) throw onlyByOwner()
  if (state !== 'active') throw notActive()
  return role
}

export function needsLocalSignIn(): PersonError {
  return new PersonError(
    'recovery_needs_local',
    'Passwords and passkeys are switched off, so nobody could use this link. Switch them on first.',
  )
}

/** For somebody who comes back from a provider. */
export function recoveryIsLocal(): PersonError {
  return new PersonError(
    'recovery_is_local',
    'This link is for somebody who is here already. It works only with a passkey or a password: open it again.',
  )
}

function ownerNeedsNone(): PersonError {
  return new PersonError(
    'recovery_of_owner',
    'The owner needs no link: the window on their computer and the command “latchkey console” always let them in.',
  )
}

function onlyByOwner(): PersonError {
  return new PersonError('recovery_by_owner', 'Only the owner can let an admin in again.')
}

function notActive(): PersonError {
  return new PersonError(
    'recovery_not_active',
    'This person cannot use Latchkey now. Resume them first, or let them in.',
  )
}
