import { z } from 'zod'
import { instant } from '../keys/key-fields.ts'
import { HASH_SHAPE } from '../keys/stored.ts'
import { invitationIdSchema, invitationSchema } from './invitation.ts'
import { personIdSchema } from './person-id.ts'
import { credentialSchema, sessionSchema } from './session.ts'

/**
 * A stored invitation. Its state follows from its times. A row whose preset does not fit its person is invalid, so that an
 * invitation for a person who is here already never makes a new one.
 */
export const storedInvitationSchema = invitationSchema
  .omit({ state: true })
  .extend({
    id: invitationIdSchema,
    /** SHA-256 of the code, in base64. */
    codeHash: z.string().regex(HASH_SHAPE),
    revokedAt: instant.nullable(),
  })
  .refine(({ person, preset }) => (person === null) === (preset !== 'none'))
export type StoredInvitation = Readonly<z.infer<typeof storedInvitationSchema>>

/** A stored way to sign in. */
export const storedCredentialSchema = credentialSchema.extend({
  id: z.string().regex(/^credential_[a-z0-9]{1,40}$/),
  person: personIdSchema,
  /**
   * What the credential is found by, unique per kind: the person's id for a password, the credential id for a passkey,
   * and the provider with the account's id for the others.
   */
  subject: z.string().min(1).max(2000),
  /** What only its kind understands, such as a hash or a public key. Never a secret in clear. */
  data: z.string().max(20_000),
})
export type StoredCredential = Readonly<z.infer<typeof storedCredentialSchema>>

/** A session of the console. Only hashes of its two secrets. */
export const storedSessionSchema = sessionSchema
  .omit({ current: true, expiresAt: true })
  .extend({ cookieHash: z.string(), pageHash: z.string(), person: personIdSchema })
export type StoredSession = Readonly<z.infer<typeof storedSessionSchema>>
