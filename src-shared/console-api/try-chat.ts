import { z } from 'zod'
import { INPUT_SENTENCES } from '../text/input-sentence.ts'

/** A test chat that the console sends through the gateway, on the way that any app's requests take. */
export const tryChatSchema = z.strictObject({
  /** Whatever the person pasted as a key: the gateway judges it. Only what can stand in a header. */
  secret: z
    .string()
    .trim()
    .min(1, INPUT_SENTENCES.pasted_key_missing)
    .max(300, INPUT_SENTENCES.pasted_key_too_long)
    .regex(/^[\x21-\x7e]+$/, INPUT_SENTENCES.pasted_key_wrong),
  model: z.string().trim().min(1, INPUT_SENTENCES.model_missing).max(300),
  message: z.string().trim().min(1, INPUT_SENTENCES.question_missing).max(4_000, INPUT_SENTENCES.question_too_long),
})
export type TryChat = z.output<typeof tryChatSchema>

/** What happens to a test chat, in this order: at most one `head`, any number of `text`, one `end`. */
export const tryEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('head'),
    status: z.number().int(),
    /** As they came: names may occur more than once. */
    headers: z.array(z.tuple([z.string(), z.string()])),
    /** Milliseconds since the request was sent; so below. */
    afterMs: z.number(),
  }),
  /** The next piece of the answer's body. */
  z.object({ type: z.literal('text'), text: z.string() }),
  /** `whole` is false when the connection broke off. */
  z.object({ type: z.literal('end'), whole: z.boolean(), afterMs: z.number() }),
])
export type TryEvent = z.infer<typeof tryEventSchema>

/** Where the console takes a `TryChat` by POST; it answers with a `TryEvent` per line, as they happen. */
export const TRY_ROUTE = '/api/try'

/** The request itself, in Ollama's own dialect. */
export const TRY_PATH = '/api/chat'

export function tryBody({ model, message }: Pick<TryChat, 'model' | 'message'>) {
  return { model, messages: [{ role: 'user', content: message }] }
}
