import { z } from 'zod'
import { instant } from '../keys/key-fields.ts'
import { PRESETS } from '../keys/presets.ts'
import { newPersonShape, personFieldShape } from './person-fields.ts'
import { personIdSchema } from './person-id.ts'
import { givenRoleSchema } from './role.ts'

/** What the person who joins may do. The same fields as those of a person. */
const { models, origins, online, hours, requestsPerMinute, tokensPerDay, concurrency } = personFieldShape
const limits = { models, origins, online, hours, requestsPerMinute, tokensPerDay, concurrency }

/** The scopes of the key that a guest gets when they join. */
export const invitationPresetSchema = z.enum(Object.keys(PRESETS) as [keyof typeof PRESETS]).exclude(['all'])

export const MOST_INVITATION_DAYS = 30
export const MOST_RECOVERY_DAYS = 7

export const newInvitationSchema = z.strictObject({
  role: givenRoleSchema.default('member'),
  /** For whom it is. The person who joins can choose another name. */
  name: newPersonShape.name.nullable().default(null),
  preset: invitationPresetSchema.default('models'),
  models: newPersonShape.models,
  origins: newPersonShape.origins,
  online: newPersonShape.online,
  hours: newPersonShape.hours,
  requestsPerMinute: newPersonShape.requestsPerMinute,
  tokensPerDay: newPersonShape.tokensPerDay,
  concurrency: newPersonShape.concurrency,
  /** How long it can be used. */
  days: z.number().int().min(1).max(MOST_INVITATION_DAYS).default(7),
})
export type NewInvitation = z.infer<typeof newInvitationSchema>

/** An invitation for a person who is here already. Whoever opens it becomes that person, so it is short-lived. */
export const newRecoverySchema = z.strictObject({
  /** How long it can be used. */
  days: z.number().int().min(1).max(MOST_RECOVERY_DAYS).default(1),
})
export type NewRecovery = z.infer<typeof newRecoverySchema>

export const INVITATION_STATES = ['open', 'used', 'expired', 'revoked'] as const

export const invitationIdSchema = z.string().regex(/^invitation_[a-z0-9]{1,40}$/)

/** An invitation without its code, of which only a hash is stored. */
export const invitationSchema = z.object({
  id: invitationIdSchema,
  role: givenRoleSchema,
  name: newPersonShape.name.nullable(),
  /** `none` for a person who is here already, and gets no key. */
  preset: z.enum([...invitationPresetSchema.options, 'none']),
  /** The person who is here already and gets in again with it; null for somebody new. */
  person: personIdSchema.nullable(),
  ...limits,
  createdAt: instant,
  createdBy: personIdSchema,
  expiresAt: instant,
  state: z.enum(INVITATION_STATES),
  usedAt: instant.nullable(),
  /** The person who joined or got in again with it. */
  usedBy: personIdSchema.nullable(),
})
export type Invitation = Readonly<z.infer<typeof invitationSchema>>

/** An invitation with its code, which the core shows only this once. */
export const issuedInvitationSchema = invitationSchema.extend({
  code: z.string(),
  /** Where other devices can open it, the code in the fragment; empty while the console is not shared. */
  links: z.array(z.string()),
})
export type IssuedInvitation = z.infer<typeof issuedInvitationSchema>

/** The page that opens an invitation: `/join#<code>`. Fragments are not sent, so the code is in no log. */
export const JOIN_PATH = '/join'
