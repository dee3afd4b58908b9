import type { Exchange } from '#shared/gateway/exchange.ts'
import type { SummedExchange, UseOf } from '#shared/usage/sum-rows.ts'
import {
  EXCHANGE_COLUMNS,
  type ExchangeRow,
  type ExchangeValue,
  pushValues,
  type TextNumbers,
} from '../../rows/exchange-row.ts'
import type { Client } from '../connection/database.ts'
import { numbers, unnest } from './sum-columns.ts'

const TYPES: Readonly<Record<keyof ExchangeRow, string>> = {
  id: 'text',
  time: 'bigint',
  key: 'int',
  origin: 'int',
  user_agent: 'int',
  method: 'int',
  route: 'int',
  class: 'int',
  model: 'int',
  status: 'int',
  outcome: 'int',
  reason: 'int',
  prompt_tokens: 'bigint',
  completion_tokens: 'bigint',
  metered: 'smallint',
  first_byte_ms: 'double precision',
  duration_ms: 'double precision',
  bytes_in: 'bigint',
  bytes_out: 'bigint',
}

/** All columns after the id are numbers. `summed` has the numbers of the texts of each exchange. */
export async function insertExchanges(
  client: Client,
  exchanges: readonly Exchange[],
  summed: readonly SummedExchange[],
  terms: Pick<TextNumbers, 'idOf'>,
): Promise<void> {
  // One list of all values, because a list for each exchange or column takes much longer to make.
  const values: ExchangeValue[] = []
  for (const [at, exchange] of exchanges.entries()) {
    const sums = summed[at]
    if (sums !== undefined) pushValues(values, exchange, sums, terms)
  }
  const ids = exchanges.map(({ id }) => id)
  const rest = EXCHANGE_COLUMNS.slice(1).map((_, at) => numbers(everyNth(values, EXCHANGE_COLUMNS.length, at + 1)))
  await client.query(
    `INSERT INTO exchanges (${EXCHANGE_COLUMNS.join(', ')}) SELECT * FROM ${unnest(EXCHANGE_COLUMNS.map((name) => TYPES[name]))}`,
    [ids, ...rest],
  )
}

function everyNth(values: readonly ExchangeValue[], n: number, first: number): (number | null)[] {
  const found: (number | null)[] = []
  for (let at = first; at < values.length; at += n) found.push(values[at] as number | null)
  return found
}

/** All texts that get numbers. */
export function textsOf(exchanges: readonly Exchange[]): Set<string> {
  const texts = new Set<string>()
  for (const { keyId, origin, userAgent, method, route, routeClass, model, outcome, reason } of exchanges) {
    for (const text of [keyId, origin, userAgent, model, reason]) if (text !== null && text !== '') texts.add(text)
    texts.add(method).add(route).add(routeClass).add(outcome)
  }
  return texts
}

/**
 * Looks at the next exchanges after a moment (ms UTC) and deletes those of a key or an origin. undefined at the end. The moments
 * are those of the exchanges, because the table is in their order.
 */
export async function forgetExchanges(
  client: Client,
  { by, text }: UseOf,
  after: number,
  limit: number,
): Promise<{ deleted: number; after: number } | undefined> {
  const { rows } = await client.query<{ time: number | null }>(
    'SELECT MAX(time) AS time FROM (SELECT time FROM exchanges WHERE time > $1 ORDER BY time LIMIT $2) AS next',
    [after, limit],
  )
  const last = rows[0]?.time ?? undefined
  if (last === undefined) return undefined
  const sql = `DELETE FROM exchanges WHERE time > $1 AND time <= $2 AND ${by} = $3`
  const { rowCount } = await client.query(sql, [after, last, text])
  return { deleted: rowCount ?? 0, after: last }
}
