import { z } from 'zod'
import { INPUT_SENTENCES } from '../text/input-sentence.ts'

export const OUTCOMES = ['ok', 'refused', 'upstream_error', 'client_aborted', 'cut_off'] as const
export const outcomeSchema = z.enum(OUTCOMES)
export type Outcome = z.infer<typeof outcomeSchema>

/** The greatest time that a Date can represent. */
const LAST_MOMENT = 8_640_000_000_000_000

/** The record of one request and its answer. Never contains a prompt, an answer, a secret or a query string. */
export const exchangeSchema = z.object({
  /** The X-Request-Id of the answer. */
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
  /** The status that the client received; 0 if it received none. */
  status: z.number().int(),
  outcome: outcomeSchema,
  /** The refusal's code, or what went wrong. */
  reason: z.string().nullable(),
  /** Tokens; null if the answer had no count. null is not zero. */
  promptTokens: z.number().int().nullable(),
  completionTokens: z.number().int().nullable(),
  /** False if an answer should have token counts but none could be read. */
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

/** A time in a query: ms UTC. */
const instant = z.coerce.number().int().min(0).max(LAST_MOMENT)

/** Selects exchanges that match every given field. An empty string selects exchanges without a value. */
export const exchangeFilterSchema = z.object({
  /** One key id or several, separated by commas. */
  key: z.string().max(4000).optional(),
  origin: z.string().max(300).optional(),
  model: z.string().max(300).optional(),
  route: z.string().max(300).optional(),
  outcome: outcomeSchema.optional(),
  /** A refusal's code. */
  reason: z.string().max(100).optional(),
  /** Inclusive. */
  from: instant.optional(),
  /** Exclusive. */
  to: instant.optional(),
})
export type ExchangeFilter = z.output<typeof exchangeFilterSchema>

/** The key ids of a filter. */
export function keysOf({ key }: Pick<ExchangeFilter, 'key'>): string[] | undefined {
  return key?.split(',')
}

/** True if an exchange matches a filter. */
export function fitsFilter(exchange: Exchange, filter: ExchangeFilter): boolean {
  const { origin, model, route, outcome, reason } = exchange
  const values = { origin, model, route, outcome, reason }
  const names = Object.keys(values) as (keyof typeof values)[]
  if (names.some((name) => filter[name] !== undefined && filter[name] !== (values[name] ?? ''))) return false
  if (keysOf(filter)?.includes(exchange.keyId ?? '') === false) return false
  return exchange.time >= (filter.from ?? 0) && exchange.time < (filter.to ?? Infinity)
}

/** The cursor for the page after this exchange, newest first. */
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
