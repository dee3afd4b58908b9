import { z } from 'zod'
import { INPUT_SENTENCES } from '../text/input-sentence.ts'

/** A test chat that the console sends through the gateway, like a request of any app. */
export const tryChatSchema = z.strictObject({
  /** The key as the person pasted it. The gateway checks it; only characters that are valid in a header are allowed. */
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

/** Events of a test chat, in this order: at most one `head`, any number of `text`, one `end`. */
export const tryEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('head'),
    status: z.number().int(),
    /** In the order received; a name can occur more than once. */
    headers: z.array(z.tuple([z.string(), z.string()])),
    /** Milliseconds since the request was sent, also in `end`. */
    afterMs: z.number(),
  }),
  /** The next piece of the answer's body. */
  z.object({ type: z.literal('text'), text: z.string() }),
  /** `whole` is false when the connection broke off. */
  z.object({ type: z.literal('end'), whole: z.boolean(), afterMs: z.number() }),
])
export type TryEvent = z.infer<typeof tryEventSchema>

/** `POST` a `TryChat` here; the response has one `TryEvent` per line as they occur. */
export const TRY_ROUTE = '/api/try'

/** The request itself, in Ollama's own dialect. */
export const TRY_PATH = '/api/chat'

export function tryBody({ model, message }: Pick<TryChat, 'model' | 'message'>) {
  return { model, messages: [{ role: 'user', content: message }] }
}
