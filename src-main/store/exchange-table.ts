import { type Exchange, exchangeSchema } from '#shared/exchange.ts'
import type { Connection } from './connection.ts'
import { NO_TERM, type Terms } from './terms.ts'

interface ExchangeRow {
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

const COLUMNS = [
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

/** Raw exchanges. */
export interface ExchangeTable {
  insert(exchange: Exchange): void
  /** Newest first. */
  latest(limit: number): Exchange[]
  /** Deletes those before a moment (ms UTC), the oldest first, at most `limit`; returns how many went. */
  prune(before: number, limit: number): number
}

export function createExchangeTable(db: Connection, terms: Terms): ExchangeTable {
  const insert = db.prepare<ExchangeRow>(
    `INSERT INTO exchanges (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map((column) => `@${column}`).join(', ')})`,
  )
  const latest = db.prepare<[number], ExchangeRow>(
    `SELECT ${COLUMNS.join(', ')} FROM exchanges ORDER BY time DESC, row DESC LIMIT ?`,
  )
  const prune = db.prepare<[number, number]>(
    'DELETE FROM exchanges WHERE row IN (SELECT row FROM exchanges WHERE time < ? ORDER BY time LIMIT ?)',
  )
  return {
    insert: (exchange) => void insert.run(toRow(exchange, terms)),
    latest: (limit) => latest.all(limit).flatMap((row) => fromRow(row, terms) ?? []),
    prune: (before, limit) => prune.run(before, limit).changes,
  }
}

function toRow(exchange: Exchange, terms: Terms): ExchangeRow {
  const idOf = (text: string | null) => (text === null ? null : terms.idOf(text))
  return {
    id: exchange.id,
    time: exchange.time,
    key: idOf(exchange.keyId),
    origin: idOf(exchange.origin),
    user_agent: idOf(exchange.userAgent),
    method: terms.idOf(exchange.method),
    route: terms.idOf(exchange.route),
    class: terms.idOf(exchange.routeClass),
    model: idOf(exchange.model),
    status: exchange.status,
    outcome: terms.idOf(exchange.outcome),
    reason: idOf(exchange.reason),
    prompt_tokens: exchange.promptTokens,
    completion_tokens: exchange.completionTokens,
    metered: Number(exchange.metered),
    first_byte_ms: exchange.firstByteMs,
    duration_ms: exchange.durationMs,
    bytes_in: exchange.bytesIn,
    bytes_out: exchange.bytesOut,
  }
}

/** undefined for a row that a damaged file has left without its texts. */
function fromRow(row: ExchangeRow, terms: Terms): Exchange | undefined {
  const textOf = (id: number | null) => terms.textOf(id ?? NO_TERM) ?? null
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
