import { z } from 'zod'
import {
  flowSchema,
  invitedSchema,
  joinSchema,
  providerIdSchema,
  signInOptionsSchema,
  webAuthnSchema,
} from '../people/sign-in.ts'

const nothing = z.object({})
const passkeyOptions = z.object({ flow: flowSchema, options: webAuthnSchema })

/**
 * What the page asks before anybody is signed in, on the console's own server only. The key of a row is `METHOD path`.
 * A row with `opens` answers with the session's cookie and `SESSION_HEADER`, and output is what the page does next.
 */
export const SIGN_IN_API = {
  'GET /api/sign-in': { opens: false, input: nothing, output: signInOptionsSchema },
  /** `name` is the person's name or e-mail address. Wrong name and wrong password are refused alike. */
  'POST /api/sign-in/password': {
    opens: true,
    input: z.strictObject({ name: z.string().trim().max(254), password: z.string().max(500) }),
    output: z.object({ next: z.literal('console') }),
  },
  'POST /api/sign-in/passkey/options': { opens: false, input: nothing, output: passkeyOptions },
  'POST /api/sign-in/passkey': {
    opens: true,
    input: z.strictObject({ flow: flowSchema, passkey: webAuthnSchema }),
    output: z.object({ next: z.literal('console') }),
  },
  /**
   * Begins a sign-in at a provider: the page goes to `url`. `code` is the invitation to join with, null for none. The
   * provider sends the browser back to `PROVIDER_RETURN_PATH`, which opens the console by a one-time token in the fragment.
   */
  'POST /api/sign-in/provider': {
    opens: false,
    input: z.strictObject({ provider: providerIdSchema, code: z.string().trim().max(200).nullable().default(null) }),
    output: z.object({ url: z.string() }),
  },
  /** What a valid invitation promises. Used, expired, revoked and unknown ones are refused alike. */
  'POST /api/join/look': {
    opens: false,
    input: z.strictObject({ code: z.string().trim().max(200) }),
    output: invitedSchema,
  },
  'POST /api/join/passkey/options': {
    opens: false,
    input: joinSchema.omit({ proof: true }),
    output: passkeyOptions,
  },
  /** `waiting`: an operator must let the person in first, and no session is opened. */
  'POST /api/join': { opens: true, input: joinSchema, output: z.object({ next: z.enum(['console', 'waiting']) }) },
} as const satisfies Record<string, { opens: boolean; input: z.ZodType; output: z.ZodType }>

export type SignInRoute = keyof typeof SIGN_IN_API
export type SignInInput<R extends SignInRoute> = z.input<(typeof SIGN_IN_API)[R]['input']>
export type SignInOutput<R extends SignInRoute> = z.output<(typeof SIGN_IN_API)[R]['output']>

/** `GET` with the provider's answer in the query: `<path>/<provider id>`. */
export const PROVIDER_RETURN_PATH = '/api/sign-in/return'
