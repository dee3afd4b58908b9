import { z } from 'zod'
import { INPUT_SENTENCES } from '../text/input-sentence.ts'

export const OUTCOMES = ['ok', 'refused', 'upstream_error', 'client_aborted', 'cut_off'] as const
export const outcomeSchema = z.enum(OUTCOMES)
export type Outcome = z.infer<typeof outcomeSchema>

/** The last moment that a Date can have. */
const LAST_MOMENT = 8_640_000_000_000_000

/** One request and its answer, as remembered. Never a prompt, an answer, a secret or a query string. */
export const exchangeSchema = z.object({
  /** The X-Request-Id the client was given. */
  id: z.string(),
  /** When the request arrived: milliseconds since 1970-01-01 UTC. */
  time: z.number().int().min(0).max(LAST_MOMENT),
  /** null when no key was recognised. */
  keyId: z.string().nullable(),
  /** null when the request carried no Origin. */
  origin: z.string().nullable(),
  /** Browser or program family, such as `Chrome`, `curl`, `ollama-python`; never the whole header. */
  userAgent: z.string().nullable(),
  method: z.string(),
  /** The route's path as in the route table, else `unknown`. */
  route: z.string(),
  routeClass: z.enum(['chat', 'models', 'manage', 'account', 'own', 'unknown']),
  model: z.string().nullable(),
  /** What the client got; 0 when it got nothing. */
  status: z.number().int(),
  outcome: outcomeSchema,
  /** The refusal's code, or what went wrong. */
  reason: z.string().nullable(),
  /** Tokens; null where the answer did not say. Missing is not zero. */
  promptTokens: z.number().int().nullable(),
  completionTokens: z.number().int().nullable(),
  /** False when an answer that should carry counts carried none that could be read. */
  metered: z.boolean(),
  /** Milliseconds from arrival to the first byte of the answer; null when there was none. */
  firstByteMs: z.number().nullable(),
  /** Milliseconds from arrival to the end. */
  durationMs: z.number(),
  /** Body bytes. */
  bytesIn: z.number().int(),
  bytesOut: z.number().int(),
})
export type Exchange = z.infer<typeof exchangeSchema>

/** A moment in the query of a request: ms UTC. */
const instant = z.coerce.number().int().min(0).max(LAST_MOMENT)

/** Which exchanges: those that fit all that is given. `` (empty) stands for exchanges that had none. */
export const exchangeFilterSchema = z.object({
  /** The key's id, or several with commas between them: any of these. */
  key: z.string().max(4000).optional(),
  origin: z.string().max(300).optional(),
  model: z.string().max(300).optional(),
  route: z.string().max(300).optional(),
  outcome: outcomeSchema.optional(),
  /** A refusal's code. */
  reason: z.string().max(100).optional(),
  /** Included. */
  from: instant.optional(),
  /** Not included. */
  to: instant.optional(),
})
export type ExchangeFilter = z.output<typeof exchangeFilterSchema>

/** The keys of a filter: `key` may name several, with commas between them. */
export function keysOf({ key }: Pick<ExchangeFilter, 'key'>): string[] | undefined {
  return key?.split(',')
}

/** Whether an exchange is one of those that a filter is about. */
export function fitsFilter(exchange: Exchange, filter: ExchangeFilter): boolean {
  const { origin, model, route, outcome, reason } = exchange
  const values = { origin, model, route, outcome, reason }
  const names = Object.keys(values) as (keyof typeof values)[]
  if (names.some((name) => filter[name] !== undefined && filter[name] !== (values[name] ?? ''))) return false
  if (keysOf(filter)?.includes(exchange.keyId ?? '') === false) return false
  return exchange.time >= (filter.from ?? 0) && exchange.time < (filter.to ?? Infinity)
}

/** Where a page of exchanges (newest first) goes on: after this one. */
export function cursorAfter({ time, id }: Pick<Exchange, 'time' | 'id'>): string {
  return `${time}.${id}`
}

export const exchangeCursorSchema = z
  .string()
  .regex(/^\d{1,15}\..{1,100}$/, INPUT_SENTENCES.cursor_wrong)
  .transform((text) => {
    const dot = text.indexOf('.')
    return { time: Number(text.slice(0, dot)), id: text.slice(dot + 1) }
  })
