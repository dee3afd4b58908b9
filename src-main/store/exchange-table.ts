import type { Exchange } from '#shared/exchange.ts'
import type { Connection } from './connection.ts'
import { EXCHANGE_COLUMNS, toValues } from './exchange-row.ts'
import type { Terms } from './terms.ts'

/** Raw exchanges. */
export interface ExchangeTable {
  insert(exchange: Exchange): void
  /** Deletes those before a moment (ms UTC), the oldest first, at most `limit`; returns how many went. */
  prune(before: number, limit: number): number
  /** Of the next so many rows by number after one, deletes those of a key or an origin. undefined at the end. */
  forget(what: { key: number } | { origin: number }, after: number, limit: number): Forgot | undefined
}

export interface Forgot {
  readonly deleted: number
  readonly after: number
}

export function createExchangeTable(db: Connection, terms: Terms): ExchangeTable {
  const insert = db.prepare(
    `INSERT INTO exchanges (${EXCHANGE_COLUMNS.join(', ')}) VALUES (${EXCHANGE_COLUMNS.map(() => '?').join(', ')})`,
  )
  const prune = db.prepare<[number, number]>(
    'DELETE FROM exchanges WHERE row IN (SELECT row FROM exchanges WHERE time < ? ORDER BY time LIMIT ?)',
  )
  const lastOf = db
    .prepare<[number, number], number | null>(
      'SELECT MAX(row) FROM (SELECT row FROM exchanges WHERE row > ? ORDER BY row LIMIT ?)',
    )
    .pluck()
  const forget = {
    key: db.prepare<[number, number, number]>('DELETE FROM exchanges WHERE row > ? AND row <= ? AND key = ?'),
    origin: db.prepare<[number, number, number]>('DELETE FROM exchanges WHERE row > ? AND row <= ? AND origin = ?'),
  }

  return {
    insert: (exchange) => void insert.run(toValues(exchange, terms)),
    prune: (before, limit) => prune.run(before, limit).changes,
    forget(what, after, limit) {
      const last = lastOf.get(after, limit) ?? null
      if (last === null) return undefined
      const { changes } =
        'key' in what ? forget.key.run(after, last, what.key) : forget.origin.run(after, last, what.origin)
      return { deleted: changes, after: last }
    },
  }
}
