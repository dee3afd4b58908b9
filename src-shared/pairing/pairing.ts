import { z } from 'zod'
import { keyFieldShape } from '../keys/key-fields.ts'

/** Maximum number of open requests, for all apps together. */
export const MOST_PAIRINGS = 5
/** How many of them may be of other devices, so that these always leave room for apps on this computer. */
export const MOST_DEVICE_PAIRINGS = 3
/** How long the person has for an answer, in milliseconds. */
export const PAIRING_MS = 120_000

/** The code that the person compares: two digits, a hyphen, two digits. */
export const PAIRING_CODE_SHAPE = /^\d{2}-\d{2}$/

/**
 * The facts about the app that asks. Only `origin` of an app on this computer is certain: the browser vouches for it,
 * and the key works only there. The rest is a hint, because a program can call itself anything, and another device can
 * name any origin.
 */
export const pairingAskerSchema = z.object({
  /** The site or extension that gets the key; null for a program. */
  origin: z.string().nullable(),
  /** The person's name for the origin, or the name of a well-known extension. */
  originName: z.string().nullable(),
  /** The name that the app gives itself. */
  claim: z.string().nullable(),
  /** The program at the other end of the connection, if the system tells; null for a page, which a browser opens. */
  program: z.object({ name: z.string(), path: z.string().nullable() }).nullable(),
  /** The product that the User-Agent claims, such as `curl`. */
  userAgent: z.string().nullable(),
  /** The page beside the app that gets the answer: `http://127.0.0.1:5173`. */
  returnsTo: z.string().nullable(),
  /** The address of another device that asks; null for this computer. */
  device: z.string().nullable(),
})
export type PairingAsker = z.infer<typeof pairingAskerSchema>

/** An app's request for a key, as the person sees it while it is open. */
export const pairingRequestSchema = z.object({
  id: z.string(),
  /** The app shows the same code. */
  code: z.string().regex(PAIRING_CODE_SHAPE),
  asker: pairingAskerSchema,
  /** The key's name unless the person changes it. */
  name: z.string(),
  /** ms UTC. */
  askedAt: z.number().int(),
  /** When the request ends without an answer: ms UTC. */
  endsAt: z.number().int(),
})
export type PairingRequest = z.infer<typeof pairingRequestSchema>

/** Identifies a request and its code, so that an answer always goes to the request that the person sees. */
export const pairingChoiceSchema = z.strictObject({
  id: z.string().max(100),
  /** As the app shows it. Characters other than digits are ignored. */
  code: z.string().max(20),
})
export type PairingChoice = z.infer<typeof pairingChoiceSchema>

export const pairingApprovalSchema = pairingChoiceSchema.extend({
  /** `PRESETS` has its scopes. */
  preset: z.enum(['chat', 'models', 'all']),
  /** Absent: the suggested name. */
  name: keyFieldShape.name.optional(),
})
export type PairingApproval = z.infer<typeof pairingApprovalSchema>

/**
 * The later states of a request. `approved`: the app may fetch its key. `connected`: the app has its key. `abandoned`:
 * the app did not fetch its key, so the key does not exist. `declined`: the person said no. `expired`: the person did
 * not answer. `replaced`: the same app asked again. `blocked`: the person blocked the site.
 */
export const pairingOutcomeSchema = z.enum([
  'approved',
  'connected',
  'abandoned',
  'declined',
  'expired',
  'replaced',
  'blocked',
])
export type PairingOutcome = z.infer<typeof pairingOutcomeSchema>

/** A request is no longer open, or its later state has changed. */
export const pairingChangeSchema = z.object({
  id: z.string(),
  outcome: pairingOutcomeSchema,
  /** The key that the app got; null unless `connected`. */
  keyId: z.string().nullable(),
})
export type PairingChange = z.infer<typeof pairingChangeSchema>

/** The code in its displayed form; undefined if the text does not have exactly four digits. */
export function pairingCode(text: string): string | undefined {
  const digits = text.replace(/\D/g, '')
  return digits.length === 4 ? `${digits.slice(0, 2)}-${digits.slice(2)}` : undefined
}
