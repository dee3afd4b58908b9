import { type Exchange, exchangeSchema } from '#shared/gateway/exchange.ts'
import { type InternedStrings, NO_TERM } from './interned-strings.ts'

/** An exchange as the table has it: every text by its term. */
export interface ExchangeRow {
  id: string
  time: number
  key: number | null
  origin: number | null
  user_agent: number | null
  method: number
  route: number
  class: number
  model: number | null
  status: number
  outcome: number
  reason: number | null
  prompt_tokens: number | null
  completion_tokens: number | null
  metered: number
  first_byte_ms: number | null
  duration_ms: number
  bytes_in: number
  bytes_out: number
}

export type ExchangeValue = ExchangeRow[keyof ExchangeRow]

export const EXCHANGE_COLUMNS = [
  'id',
  'time',
  'key',
  'origin',
  'user_agent',
  'method',
  'route',
  'class',
  'model',
  'status',
  'outcome',
  'reason',
  'prompt_tokens',
  'completion_tokens',
  'metered',
  'first_byte_ms',
  'duration_ms',
  'bytes_in',
  'bytes_out',
] as const satisfies readonly (keyof ExchangeRow)[]

/** What of an exchange goes into sums. */
export const SUMMED_COLUMNS = [
  'time',
  'key',
  'origin',
  'model',
  'route',
  'outcome',
  'prompt_tokens',
  'completion_tokens',
  'metered',
  'first_byte_ms',
  'duration_ms',
] as const satisfies readonly (keyof ExchangeRow)[]
export type SummedRow = Pick<ExchangeRow, (typeof SUMMED_COLUMNS)[number]>

/** Texts that are empty are none. Only within a transaction: a text may be new. */
export function toRow(exchange: Exchange, strings: InternedStrings): ExchangeRow {
  return {
    ...toSummedRow(exchange, strings),
    id: exchange.id,
    user_agent: idOf(exchange.userAgent, strings),
    method: strings.idOf(exchange.method),
    class: strings.idOf(exchange.routeClass),
    status: exchange.status,
    reason: idOf(exchange.reason, strings),
    bytes_in: exchange.bytesIn,
    bytes_out: exchange.bytesOut,
  }
}

/** The same of an exchange that has no row of its own: the texts that only that would have are not written. */
export function toSummedRow(exchange: Exchange, strings: InternedStrings): SummedRow {
  return {
    time: exchange.time,
    key: idOf(exchange.keyId, strings),
    origin: idOf(exchange.origin, strings),
    model: idOf(exchange.model, strings),
    route: strings.idOf(exchange.route),
    outcome: strings.idOf(exchange.outcome),
    prompt_tokens: exchange.promptTokens,
    completion_tokens: exchange.completionTokens,
    metered: Number(exchange.metered),
    first_byte_ms: exchange.firstByteMs,
    duration_ms: exchange.durationMs,
  }
}

function idOf(text: string | null, strings: InternedStrings): number | null {
  return text === null || text === '' ? null : strings.idOf(text)
}

/** In the order of EXCHANGE_COLUMNS. Each by its name: a loop over names takes three times as long. */
export function pushValues(values: ExchangeValue[], row: ExchangeRow): void {
  values.push(row.id, row.time, row.key, row.origin, row.user_agent, row.method, row.route, row.class, row.model)
  values.push(row.status, row.outcome, row.reason, row.prompt_tokens, row.completion_tokens, row.metered)
  values.push(row.first_byte_ms, row.duration_ms, row.bytes_in, row.bytes_out)
}

/** undefined for a row that a damaged file has left without its texts. */
export function fromRow(row: ExchangeRow, strings: InternedStrings): Exchange | undefined {
  const textOf = (id: number | null) => strings.textOf(id ?? NO_TERM) ?? null
  return exchangeSchema.safeParse({
    id: row.id,
    time: row.time,
    keyId: textOf(row.key),
    origin: textOf(row.origin),
    userAgent: textOf(row.user_agent),
    method: textOf(row.method),
    route: textOf(row.route),
    routeClass: textOf(row.class),
    model: textOf(row.model),
    status: row.status,
    outcome: textOf(row.outcome),
    reason: textOf(row.reason),
    promptTokens: row.prompt_tokens,
    completionTokens: row.completion_tokens,
    metered: row.metered === 1,
    firstByteMs: row.first_byte_ms,
    durationMs: row.duration_ms,
    bytesIn: row.bytes_in,
    bytesOut: row.bytes_out,
  }).data
}
