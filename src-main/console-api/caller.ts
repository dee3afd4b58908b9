import { OWNER_ID } from '#shared/people/person-id.ts'
import type { Role } from '#shared/people/role.ts'
import type { Actor } from '#shared/records/audit.ts'

/** Who calls the console: a person, and the way they came in. The shell or the console's server decides it. */
export interface Caller {
  readonly personId: string
  /** The role at this moment. It is looked up for each request. */
  readonly role: Role
  readonly via: 'window' | 'link' | 'sign-in' | 'command line'
  /** The open session; null for the window and the command line. */
  readonly sessionId: string | null
  /** What the audit trail names, with the person. */
  readonly actor: Actor
  /** The other end of the connection; null for the window and the command line. */
  readonly address: string | null
  /** The origin of the page, to which passkeys belong; null for the window and the command line. */
  readonly origin: string | null
}

const OWNER = { personId: OWNER_ID, role: 'owner', sessionId: null, address: null, origin: null } as const

/** The owner, by the ways in that need no sign-in. */
export const OWNER_AT_WINDOW: Caller = { ...OWNER, via: 'window', actor: 'console' }
export const OWNER_AT_TRAY: Caller = { ...OWNER, via: 'window', actor: 'tray' }
export const OWNER_BY_LINK: Caller = { ...OWNER, via: 'link', actor: 'console' }
export const OWNER_AT_COMMAND_LINE: Caller = { ...OWNER, via: 'command line', actor: 'command line' }
