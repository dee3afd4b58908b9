import { z } from 'zod'
import {
  invitationSchema,
  issuedInvitationSchema,
  newInvitationSchema,
  newRecoverySchema,
} from '../people/invitation.ts'
import {
  listedPersonSchema,
  newPersonSchema,
  personPatchSchema,
  personSchema,
  removePersonSchema,
} from '../people/person.ts'
import { quotaSchema } from '../people/quota.ts'
import { EVERYONE, OPERATORS } from '../people/role.ts'
import { credentialSchema, sessionSchema } from '../people/session.ts'
import {
  flowSchema,
  mePatchSchema,
  meSchema,
  passwordSchema,
  providerStateSchema,
  webAuthnSchema,
} from '../people/sign-in.ts'

const nothing = z.object({})
const done = z.object({ done: z.literal(true) })

/** The rows of `CONSOLE_API` about people, their ways in and their sessions. */
export const PEOPLE_API = {
  /** The owner first. */
  'GET /api/people': { roles: OPERATORS, input: nothing, output: z.array(listedPersonSchema) },
  'POST /api/people': { roles: OPERATORS, input: newPersonSchema, output: listedPersonSchema },
  /** `state` pauses and resumes a person, and lets somebody in who asked to join. */
  'PATCH /api/people/:id': { roles: OPERATORS, input: personPatchSchema, output: listedPersonSchema },
  /** Also deletes the person's keys, and ends their sessions. */
  'DELETE /api/people/:id': { roles: OPERATORS, input: removePersonSchema, output: personSchema },
  /** The limits that all keys of a person share, and what is left of them. Everyone but an operator gets only their own. */
  'GET /api/people/quotas': { roles: EVERYONE, input: nothing, output: z.array(quotaSchema) },
  'GET /api/people/:id/sessions': { roles: OPERATORS, input: nothing, output: z.array(sessionSchema) },
  /** Ends all sessions of a person, or the one with the id `session`. */
  'DELETE /api/people/:id/sessions': {
    roles: OPERATORS,
    input: z.strictObject({ session: z.string().max(100).optional() }),
    output: done,
  },
  /** An invitation with which this person gets in again. It revokes an earlier one. Admins make them for members and guests. */
  'POST /api/people/:id/invitations': { roles: OPERATORS, input: newRecoverySchema, output: issuedInvitationSchema },
  /** Newest first. */
  'GET /api/invitations': { roles: OPERATORS, input: nothing, output: z.array(invitationSchema) },
  'POST /api/invitations': { roles: OPERATORS, input: newInvitationSchema, output: issuedInvitationSchema },
  /** Revokes it. */
  'DELETE /api/invitations/:id': { roles: OPERATORS, input: nothing, output: invitationSchema },
  /** The providers of the setting `providers`, with what is still missing. */
  'GET /api/providers': { roles: OPERATORS, input: nothing, output: z.array(providerStateSchema) },
  /** null removes it. The secret is never read back. */
  'PUT /api/providers/:id/secret': {
    roles: OPERATORS,
    input: z.strictObject({ secret: z.string().trim().min(1).max(1000).nullable() }),
    output: providerStateSchema,
  },
  /** Asks the provider for its configuration. 409 says why it cannot be used. */
  'POST /api/providers/:id/check': { roles: OPERATORS, input: nothing, output: done },
  'GET /api/me': { roles: EVERYONE, input: nothing, output: meSchema },
  'PATCH /api/me': { roles: EVERYONE, input: mePatchSchema, output: meSchema },
  /** Sets the password, or another one. `current`: the password until now, if there is one. */
  'PUT /api/me/password': {
    roles: EVERYONE,
    input: z.strictObject({ password: passwordSchema, current: z.string().max(500).nullable().default(null) }),
    output: meSchema,
  },
  /** `flow` belongs to the next row, for five minutes. */
  'POST /api/me/passkeys/options': {
    roles: EVERYONE,
    input: nothing,
    output: z.object({ flow: flowSchema, options: webAuthnSchema }),
  },
  'POST /api/me/passkeys': {
    roles: EVERYONE,
    input: z.strictObject({
      flow: flowSchema,
      passkey: webAuthnSchema,
      name: z.string().trim().max(80).default(''),
    }),
    output: credentialSchema,
  },
  /** Removes one way in. Refused for the last one of a person who has no other. */
  'DELETE /api/me/credentials/:id': { roles: EVERYONE, input: nothing, output: meSchema },
  'GET /api/me/sessions': { roles: EVERYONE, input: nothing, output: z.array(sessionSchema) },
  'DELETE /api/me/sessions/:id': { roles: EVERYONE, input: nothing, output: done },
  /** Ends all sessions but this one. */
  'POST /api/me/sessions/end-others': { roles: EVERYONE, input: nothing, output: done },
  'POST /api/me/sign-out': { roles: EVERYONE, input: nothing, output: done },
} as const
