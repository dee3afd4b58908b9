import { z } from 'zod'
import { newPersonShape, personFieldShape } from './person-fields.ts'
import { personIdSchema } from './person-id.ts'
import { givenRoleSchema, roleSchema } from './role.ts'
import { credentialSchema } from './session.ts'

export const REGISTRATIONS = ['invite', 'approval', 'open'] as const
/** How somebody new can join: with an invitation; or by asking, and an operator answers; or at once, in this network. */
export const registrationSchema = z.enum(REGISTRATIONS)
export type Registration = z.infer<typeof registrationSchema>

export const PROVIDER_PRESETS = ['github', 'google', 'keycloak', 'authentik', 'okta', 'entra', 'other'] as const

export const providerIdSchema = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/)

/** Another service at which people sign in. Its client secret is stored apart and never read back. */
export const providerSchema = z.strictObject({
  /** Part of the redirect address: `/api/sign-in/return/<id>`. */
  id: providerIdSchema,
  /** On the button. */
  name: z.string().trim().min(1).max(40),
  preset: z.enum(PROVIDER_PRESETS),
  /** null for GitHub. */
  issuer: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .nullable(),
  clientId: z.string().trim().min(1).max(300),
  /** E-mail domains that may sign in; empty: every one. */
  domains: z.array(z.hostname().max(253)).max(50).default([]),
  /** The claim with a role or with groups; null: the role comes from the invitation or is `member`. */
  roleClaim: z.string().trim().min(1).max(100).nullable().default(null),
  /** Values of that claim, and the role that each gives. */
  roles: z
    .array(z.strictObject({ value: z.string().min(1).max(200), role: givenRoleSchema }))
    .max(50)
    .default([]),
})
export type Provider = z.infer<typeof providerSchema>

/** What somebody who is not signed in may know. */
export const signInOptionsSchema = z.object({
  /** False while there is no second person and nobody can join: then only the one-time link opens the console. */
  isOn: z.boolean(),
  /** Passwords and passkeys. */
  local: z.boolean(),
  providers: z.array(z.object({ id: providerIdSchema, name: z.string(), preset: z.enum(PROVIDER_PRESETS) })),
  registration: registrationSchema,
})
export type SignInOptions = z.infer<typeof signInOptionsSchema>

export const SHORTEST_PASSWORD = 10
export const passwordSchema = z.string().min(SHORTEST_PASSWORD).max(500)

/** JSON of WebAuthn (`PublicKeyCredential.toJSON()` and its counterparts). The library checks it. */
export const webAuthnSchema = z.record(z.string(), z.unknown())

/** What the options of a passkey come with, and what its answer brings back. Only a gateway can read it. */
export const flowSchema = z.string().max(2000)

/** The one way in that a new person chooses. */
export const ownProofSchema = z.union([
  z.strictObject({ password: passwordSchema }),
  z.strictObject({
    flow: flowSchema,
    passkey: webAuthnSchema,
    passkeyName: z.string().trim().max(80).default(''),
  }),
])

export const joinSchema = z.strictObject({
  /** The invitation's code; null asks to join without one. */
  code: z.string().trim().max(200).nullable(),
  /** null for a person who is here already and has a name. */
  name: newPersonShape.name.nullable().default(null),
  proof: ownProofSchema,
})
export type Join = z.infer<typeof joinSchema>

/** What the page of a valid invitation shows. */
export const invitedSchema = z.object({
  /** True for a person who is here already, called `name`. They choose only how they sign in. */
  isHere: z.boolean(),
  role: givenRoleSchema,
  name: z.string().nullable(),
  /** The name of who invited. */
  from: z.string(),
  expiresAt: z.number().int(),
})
export type Invited = z.infer<typeof invitedSchema>

/** The person of this request. */
export const meSchema = z.object({
  id: personIdSchema,
  name: personFieldShape.name,
  email: personFieldShape.email,
  picture: personFieldShape.picture,
  role: roleSchema,
  /** `window`: the desktop app's own window; `link`: the one-time link; `sign-in`: a session of a person. */
  via: z.enum(['window', 'link', 'sign-in']),
  credentials: z.array(credentialSchema),
})
export type Me = z.infer<typeof meSchema>

export const mePatchSchema = z
  .strictObject({ name: personFieldShape.name, picture: personFieldShape.picture })
  .partial()
export type MePatch = z.infer<typeof mePatchSchema>

/** A provider with what its setup page shows. */
export const providerStateSchema = providerSchema.extend({
  hasSecret: z.boolean(),
  /** To be entered at the provider; null while the console has no address for others. */
  redirectUrl: z.string().nullable(),
})
export type ProviderState = z.infer<typeof providerStateSchema>
