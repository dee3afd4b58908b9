import type { Exchange } from '../gateway/exchange.ts'
import type { OriginRecord } from '../origins/origin.ts'
import type { AuditEntry } from './audit.ts'

/** How much of a text is kept. */
export interface TextBound {
  /** Longest text, in UTF-16 code units. */
  readonly most: number
  /**
   * Different values that one key, or one address without a key, can add on one day; further ones are recorded as
   * `OTHER`. null: the values come from Latchkey's own tables, so there are few whoever calls.
   */
  readonly perDay: number | null
}

/** Everything that is written for good and holds texts. */
interface Kept {
  exchange: Exchange
  origin: OriginRecord
  audit: AuditEntry
}

type Element<V> = V extends readonly (infer E)[] ? E : V
/** The fields of a record that can hold any text; one of a few fixed words is none. */
type TextField<T> = { [F in keyof T]-?: string extends Element<NonNullable<T[F]>> ? F : never }[keyof T]

/**
 * The bound of each text that is recorded. A field without a row here does not compile.
 *
 * Without bounds, ten requests of a key that may do nothing put 1.2 GB into the data file. A day of all values of one
 * key takes some 100 kB with these, and no person or program was seen with more: 200 models are more than Ollama's
 * library offers in one family, 100 sites more than anybody visits with one key.
 */
export const RECORDED_TEXTS = {
  exchange: {
    // Latchkey's own.
    id: { most: 40, perDay: null },
    keyId: { most: 64, perDay: null },
    route: { most: 100, perDay: null },
    // Refusal codes, and `upstream_` with a status.
    reason: { most: 60, perDay: null },
    // The parser of node:http knows some thirty.
    method: { most: 20, perDay: null },
    // RFC 1035: a host name has at most 253 characters; then scheme and port.
    origin: { most: 300, perDay: 100 },
    // A family, such as `Chrome`; never the whole header.
    userAgent: { most: 60, perDay: 100 },
    // Ollama's own names have at most 80 characters in each of their parts (types/model/name.go).
    model: { most: 300, perDay: 200 },
  },
  origin: {
    origin: { most: 300, perDay: 100 },
    label: { most: 80, perDay: null },
  },
  audit: {
    subject: { most: 300, perDay: null },
    label: { most: 300, perDay: null },
    fields: { most: 60, perDay: null },
  },
} as const satisfies { readonly [K in keyof Kept]: Readonly<Record<TextField<Kept[K]>, TextBound>> }

/** Told in place of a value beyond the bound of a day. No site is called so: an origin has a scheme, or is `null`. */
export const OTHER = 'other'

/** Different values of all callers without a key together on one day: they can have many addresses. */
export const STRANGERS_PER_DAY = 1000

/** Sites that a key may make Latchkey ask the person about on one day. */
export const QUESTIONS_PER_DAY = 20

/** Sites that nobody has decided about and that are remembered, and questions that wait for the person. */
export const MOST_UNDECIDED = 10_000
export const MOST_QUESTIONS = 50

/** The longest model name that a request may have. */
export const LONGEST_MODEL = RECORDED_TEXTS.exchange.model.most
/** The longest Origin header that a request may have. */
export const LONGEST_ORIGIN = RECORDED_TEXTS.exchange.origin.most

/** The text as it is recorded. */
export function bounded(text: string, { most }: Pick<TextBound, 'most'>): string {
  return text.length > most ? cut(text, most) : text
}

/** Never half of a surrogate pair. */
function cut(text: string, most: number): string {
  return text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '') + '…'
}

export function boundedOrNull(text: string | null, bound: Pick<TextBound, 'most'>): string | null {
  return text === null ? null : bounded(text, bound)
}
