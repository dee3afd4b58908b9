import { z } from 'zod'
import { PAIRING_CODE_SHAPE, pairingApprovalSchema, pairingAskerSchema, pairingOutcomeSchema } from './pairing.ts'

/** The facts that a grant needs when its app comes back, perhaps at another gateway. */
export const pairingClientSchema = z.discriminatedUnion('grant', [
  z.object({ grant: z.literal('device'), clientId: z.string() }),
  z.object({
    grant: z.literal('code'),
    clientId: z.string(),
    redirectUri: z.string(),
    /** The app's PKCE challenge. */
    challenge: z.string(),
    /** Hash that identifies the waiting page. */
    page: z.string(),
    /** True if the page has its answer. It gets no second one. */
    isAnswered: z.boolean(),
  }),
])
export type PairingClient = Readonly<z.infer<typeof pairingClientSchema>>

/**
 * An app's request for a key, until it is forgotten. It has no secret, only hashes. All times are milliseconds on one clock: that
 * of the database in its rows, and the monotonic one in the memory of a gateway.
 */
export const storedPairingSchema = z.object({
  id: z.string(),
  /** The number of its last change among the changes of all gateways; 0 without other gateways. */
  version: z.number(),
  code: z.string().regex(PAIRING_CODE_SHAPE),
  /** Identifies the asker. Each slot may have one open request. */
  slot: z.string(),
  asker: pairingAskerSchema,
  /** The computer of the gateway that was asked, because “this computer” is another one for others; empty without others. */
  computer: z.string(),
  /** The key's name unless the person changes it. */
  name: z.string(),
  /** Hash of the secret that only the app or its page has. */
  holder: z.string(),
  client: pairingClientSchema,
  /**
   * `taken`: its key is being created. A request that is not `ended` counts as ended when its time is over: nobody has to write
   * that down.
   */
  state: z.enum(['open', 'declined', 'approved', 'taken', 'ended']),
  /** null unless the person has approved it. */
  approval: z.object({ preset: pairingApprovalSchema.shape.preset, name: z.string() }).nullable(),
  /** null unless `ended`. */
  outcome: pairingOutcomeSchema.nullable(),
  /** The key that the app got. */
  keyId: z.string().nullable(),
  askedAt: z.number(),
  endsAt: z.number(),
  /** Until when later requests of the slot raise no question, because the person declined this one; 0 if they do. */
  silentUntil: z.number(),
  /** When the ended request is forgotten. */
  keptUntil: z.number(),
})
export type StoredPairing = Readonly<z.infer<typeof storedPairingSchema>>

/** Rows as they were read, with the time on their clock at that moment. */
export interface PairingRows {
  readonly rows: readonly StoredPairing[]
  readonly now: number
}

/** What changes. If nothing is put, nothing is removed either. */
export interface PairingDecision<T> {
  readonly put: readonly StoredPairing[]
  readonly remove: readonly string[]
  readonly result: T
}
