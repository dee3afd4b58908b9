import { z } from 'zod'
import { exchangeSchema } from '../gateway/exchange.ts'
import { keySchema } from '../keys/key.ts'
import { originRecordSchema } from '../origins/origin.ts'
import { pairingChangeSchema, pairingRequestSchema } from '../pairing/pairing.ts'
import { personSchema } from '../people/person.ts'
import { quotaSchema } from '../people/quota.ts'
import { updateStateSchema } from '../settings/updates.ts'
import { appStateSchema } from './state.ts'

/** Live updates for the console and the tray. */
export const appEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('exchange'), exchange: exchangeSchema }),
  z.object({ type: z.literal('state'), state: appStateSchema }),
  /** A key was made, changed or deleted. */
  z.object({ type: z.literal('keys') }),
  /** A person was added, changed or removed. */
  z.object({ type: z.literal('people') }),
  /** Somebody asked to join and waits for an answer. Sent once per person. */
  z.object({ type: z.literal('join-question'), person: personSchema }),
  /** A person has used nearly all tokens of their day. For them and for operators. Sent once per person and day. */
  z.object({ type: z.literal('quota-warning'), quota: quotaSchema }),
  /** An invitation was made, used or revoked. */
  z.object({ type: z.literal('invitations') }),
  /** A session began or ended, or a way to sign in has changed (`GET /api/me`). */
  z.object({ type: z.literal('sessions') }),
  /** An origin was seen for the first time or decided about. */
  z.object({ type: z.literal('origins') }),
  /** A new origin waits for a decision. Sent once per origin. */
  z.object({ type: z.literal('question'), origin: originRecordSchema }),
  /** A key waits for permission to go online. Sent once per key. */
  z.object({ type: z.literal('online-question'), key: keySchema }),
  /** Another app used a key that was made for one app. Sent once per key. */
  z.object({ type: z.literal('other-app-question'), key: keySchema }),
  /** A key was refused because it has reached a limit. Sent once per key and day. */
  z.object({ type: z.literal('limit-question'), key: keySchema }),
  /** A key expires soon. Sent 7 days and 1 day before that, once since the start. */
  z.object({ type: z.literal('key-expires'), key: keySchema }),
  /** An app asks for a key. Sent once per request. */
  z.object({ type: z.literal('pairing-question'), request: pairingRequestSchema }),
  /** A request for a key is no longer open, or its later state has changed. */
  z.object({ type: z.literal('pairing-change'), change: pairingChangeSchema }),
  z.object({ type: z.literal('settings') }),
  /** Something about other devices has changed (`GET /api/lan`). At most once a second. */
  z.object({ type: z.literal('lan') }),
  /** A check for updates or a download has made progress. */
  z.object({ type: z.literal('update'), update: updateStateSchema }),
  /**
   * All data that the receiver has is outdated and must be read again: a backup was restored, or the receiver was too
   * slow and missed events.
   */
  z.object({ type: z.literal('replaced') }),
])
export type AppEvent = z.infer<typeof appEventSchema>
