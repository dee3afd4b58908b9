import { z } from 'zod'
import { exchangeSchema } from '../gateway/exchange.ts'
import { keySchema } from '../keys/key.ts'
import { originRecordSchema } from '../origins/origin.ts'
import { updateStateSchema } from '../settings/updates.ts'
import { appStateSchema } from './state.ts'

/** Everything the console and the tray can be told as it happens. */
export const appEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('exchange'), exchange: exchangeSchema }),
  z.object({ type: z.literal('state'), state: appStateSchema }),
  /** A key was made, changed or deleted. */
  z.object({ type: z.literal('keys') }),
  /** An origin was seen for the first time or decided about. */
  z.object({ type: z.literal('origins') }),
  /** The person is asked about an origin: once per origin. */
  z.object({ type: z.literal('question'), origin: originRecordSchema }),
  /** The person is asked whether a key may go online: once per key. */
  z.object({ type: z.literal('online-question'), key: keySchema }),
  z.object({ type: z.literal('settings') }),
  /** Looking for an update, or loading it, has got further. */
  z.object({ type: z.literal('update'), update: updateStateSchema }),
  /**
   * Everything that was read or told before counts no more and is to be read anew: a backup was put in place, or this
   * reader was too slow and missed events, of which that may have been one.
   */
  z.object({ type: z.literal('replaced') }),
])
export type AppEvent = z.infer<typeof appEventSchema>
