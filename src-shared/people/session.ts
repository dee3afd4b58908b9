import { z } from 'zod'
import { instant } from '../keys/key-fields.ts'

/** How the person proved who they are. `link`: the one-time link of the console, which is always the owner's. */
export const SIGN_IN_METHODS = ['link', 'password', 'passkey', 'github', 'oidc'] as const
export const signInMethodSchema = z.enum(SIGN_IN_METHODS)
export type SignInMethod = z.infer<typeof signInMethodSchema>

/** An open session of the console, without its secrets. */
export const sessionSchema = z.object({
  id: z.string(),
  method: signInMethodSchema,
  /** The User-Agent that opened it, at most 200 characters. */
  device: z.string().nullable(),
  address: z.string().nullable(),
  createdAt: instant,
  seenAt: instant,
  /** When it ends however much it is used. */
  expiresAt: instant,
  /** True for the session of this request. */
  current: z.boolean(),
})
export type Session = z.infer<typeof sessionSchema>

/** A way to sign in that belongs to one person, without its secret. */
export const credentialSchema = z.object({
  id: z.string(),
  kind: z.enum(['password', 'passkey', 'github', 'oidc']),
  /** The passkey's name, or the account at the provider; null for a password. */
  name: z.string().nullable(),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
})
export type Credential = z.infer<typeof credentialSchema>
