import type { Exchange } from '#shared/exchange.ts'
import { QUARTER_MS } from '#shared/stored.ts'
import type { Dimension } from '#shared/usage.ts'
import type { Connection } from './connection.ts'
import { NO_TERM, type Terms } from './terms.ts'

/** What is added up for every set of exchanges. */
interface Counts {
  requests: number
  refused: number
  prompt_tokens: number
  completion_tokens: number
  unmetered: number
}

/** Sums of one quarter hour for one combination of key, origin, model and route class. */
export interface QuarterRow extends Counts {
  quarter: number
  key: number
  origin: number
  model: number
  class: number
  /** Exchanges that had a first byte: the divisor for `first_byte_ms`. */
  answered: number
  first_byte_ms: number
  duration_ms: number
}

/** A value of a dimension by its term, and its sums. */
export interface ValueCounts extends Counts {
  value: number
}

export const SUM_COUNTS = `SUM(requests) AS requests, SUM(refused) AS refused, SUM(prompt_tokens) AS prompt_tokens,
  SUM(completion_tokens) AS completion_tokens, SUM(unmetered) AS unmetered`

export const ADD_COUNTS = `requests = requests + excluded.requests, refused = refused + excluded.refused,
  prompt_tokens = prompt_tokens + excluded.prompt_tokens,
  completion_tokens = completion_tokens + excluded.completion_tokens, unmetered = unmetered + excluded.unmetered`

/** The finest sums, from which all others can be made. Kept for ever. */
export interface QuarterSums {
  add(row: QuarterRow): void
  /** `from` included, `to` excluded. */
  by(dimension: Dimension, from: number, to: number): ValueCounts[]
  first(): number | undefined
  /** Tokens of a key since the start of a quarter. */
  tokensSince(key: number, quarter: number): number
}

export function createQuarterSums(db: Connection): QuarterSums {
  const upsert = db.prepare<QuarterRow>(
    `INSERT INTO quarter_sums (quarter, key, origin, model, class, requests, refused, prompt_tokens,
       completion_tokens, unmetered, answered, first_byte_ms, duration_ms)
     VALUES (@quarter, @key, @origin, @model, @class, @requests, @refused, @prompt_tokens,
       @completion_tokens, @unmetered, @answered, @first_byte_ms, @duration_ms)
     ON CONFLICT DO UPDATE SET ${ADD_COUNTS}, answered = answered + excluded.answered,
       first_byte_ms = first_byte_ms + excluded.first_byte_ms, duration_ms = duration_ms + excluded.duration_ms`,
  )
  const grouped = (column: Dimension) =>
    db.prepare<[number, number], ValueCounts>(
      `SELECT ${column} AS value, ${SUM_COUNTS} FROM quarter_sums WHERE quarter >= ? AND quarter < ? GROUP BY ${column}`,
    )
  const by = { model: grouped('model'), key: grouped('key'), origin: grouped('origin') }
  const first = db.prepare<[], number | null>('SELECT MIN(quarter) FROM quarter_sums').pluck()
  const tokens = db
    .prepare<[number, number], number>(
      `SELECT COALESCE(SUM(prompt_tokens + completion_tokens), 0) FROM quarter_sums WHERE quarter >= ? AND key = ?`,
    )
    .pluck()
  return {
    add: (row) => void upsert.run(row),
    by: (dimension, from, to) => by[dimension].all(from, to),
    first: () => first.get() ?? undefined,
    tokensSince: (key, quarter) => tokens.get(quarter, key) ?? 0,
  }
}

/** Adds a batch up in memory, so that each row of the file is touched once for it. */
export function sumByQuarter(exchanges: readonly Exchange[], terms: Terms): QuarterRow[] {
  const rows = new Map<string, QuarterRow>()
  for (const exchange of exchanges) {
    const row = emptyRow(exchange, terms)
    const place = `${row.quarter} ${row.key} ${row.origin} ${row.model} ${row.class}`
    const sums = rows.get(place) ?? row
    rows.set(place, sums)
    addTo(sums, exchange)
  }
  return [...rows.values()]
}

function emptyRow(exchange: Exchange, terms: Terms): QuarterRow {
  const idOf = (text: string | null) => (text === null || text === '' ? NO_TERM : terms.idOf(text))
  return {
    quarter: Math.floor(exchange.time / QUARTER_MS),
    key: idOf(exchange.keyId),
    origin: idOf(exchange.origin),
    model: idOf(exchange.model),
    class: terms.idOf(exchange.routeClass),
    requests: 0,
    refused: 0,
    prompt_tokens: 0,
    completion_tokens: 0,
    unmetered: 0,
    answered: 0,
    first_byte_ms: 0,
    duration_ms: 0,
  }
}

function addTo(row: QuarterRow, exchange: Exchange): void {
  row.requests += 1
  row.refused += Number(exchange.outcome === 'refused')
  row.prompt_tokens += exchange.promptTokens ?? 0
  row.completion_tokens += exchange.completionTokens ?? 0
  row.unmetered += Number(!exchange.metered)
  row.answered += Number(exchange.firstByteMs !== null)
  row.first_byte_ms += exchange.firstByteMs ?? 0
  row.duration_ms += exchange.durationMs
}
