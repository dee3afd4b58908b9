import { type Exchange, exchangeSchema } from '#shared/gateway/exchange.ts'
import type { SummedExchange } from '#shared/usage/sum-rows.ts'

/** Texts that many exchanges share, each with a number. */
export interface TextNumbers {
  /** The number of a text. */
  idOf(text: string): number
  /** undefined for a number without a text. */
  textOf(id: number): string | undefined
}

export const REFUSED = 'refused' satisfies Exchange['outcome']

/** An exchange as a row, with numbers of interned strings instead of texts. */
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

/** The fields of an exchange that are summed. An empty text counts as none. Use it within a transaction; a text may be new. */
export function toSummed(exchange: Exchange, strings: Pick<TextNumbers, 'idOf'>): SummedExchange {
  return {
    time: exchange.time,
    key: idOf(exchange.keyId, strings),
    origin: idOf(exchange.origin, strings),
    model: idOf(exchange.model, strings),
    route: strings.idOf(exchange.route),
    refused: exchange.outcome === REFUSED,
    promptTokens: exchange.promptTokens,
    completionTokens: exchange.completionTokens,
    metered: exchange.metered,
    firstByteMs: exchange.firstByteMs,
    durationMs: exchange.durationMs,
  }
}

function idOf(text: string | null, strings: Pick<TextNumbers, 'idOf'>): number | null {
  return text === null || text === '' ? null : strings.idOf(text)
}

/** In the order of EXCHANGE_COLUMNS. A loop over the names would take three times as long. */
export function pushValues(
  values: ExchangeValue[],
  exchange: Exchange,
  summed: SummedExchange,
  strings: Pick<TextNumbers, 'idOf'>,
): void {
  values.push(exchange.id, exchange.time, summed.key, summed.origin, idOf(exchange.userAgent, strings))
  values.push(strings.idOf(exchange.method), summed.route, strings.idOf(exchange.routeClass), summed.model)
  values.push(exchange.status, strings.idOf(exchange.outcome), idOf(exchange.reason, strings))
  values.push(exchange.promptTokens, exchange.completionTokens, Number(exchange.metered))
  values.push(exchange.firstByteMs, exchange.durationMs, exchange.bytesIn, exchange.bytesOut)
}

/** undefined for a row whose texts a damaged file has lost. */
export function fromRow(row: ExchangeRow, strings: Pick<TextNumbers, 'textOf'>): Exchange | undefined {
  const textOf = (id: number | null) => (id === null ? null : (strings.textOf(id) ?? null))
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
