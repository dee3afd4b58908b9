import { z } from 'zod'

/**
 * What a person may do in Latchkey. Only one person is the owner, the one at the computer. Admins may do everything but
 * remove the owner; members have their own keys and usage; guests use what they were given.
 */
export const ROLES = ['owner', 'admin', 'member', 'guest'] as const
export const roleSchema = z.enum(ROLES)
export type Role = z.infer<typeof roleSchema>

/** The roles that someone can be given: all but the owner's. */
export const givenRoleSchema = roleSchema.exclude(['owner'])
export type GivenRole = z.infer<typeof givenRoleSchema>

/** Who may call a row of the console's API. Everyone but an operator gets only what is theirs. */
export const OWNER_ONLY = ['owner'] as const satisfies readonly Role[]
export const OPERATORS = ['owner', 'admin'] as const satisfies readonly Role[]
export const MEMBERS = ['owner', 'admin', 'member'] as const satisfies readonly Role[]
export const EVERYONE = ['owner', 'admin', 'member', 'guest'] as const satisfies readonly Role[]

/**
 * True if somebody with the role `by` may make an invitation with which a person with this role gets in again. Whoever opens
 * it becomes that person, so it never leads to the rights of its maker or more, except for the owner.
 */
export function mayRecover(by: Role | undefined, role: Role): boolean {
  if (by === 'owner') return role !== 'owner'
  return by === 'admin' && (role === 'member' || role === 'guest')
}

/** The owner and admins. */
export function isOperator(role: Role | undefined): boolean {
  return role === 'owner' || role === 'admin'
}
