import type { Exchange } from '#shared/gateway/exchange.ts'
import type { SummedExchange, UseOf } from '#shared/usage/sum-rows.ts'
import type { Connection } from '../file/connection.ts'
import {
  EXCHANGE_COLUMNS,
  type ExchangeValue,
  fromSummedRow,
  pushValues,
  SUMMED_FIELDS,
  type SummedRow,
  toSummed,
} from './exchange-row.ts'
import type { InternedStrings } from './interned-strings.ts'

/** Raw exchanges. */
export interface ExchangeTable {
  /** Gives them numbers from one on; returns what of them is summed. Only within a transaction. */
  insert(exchanges: readonly Exchange[], first: number): SummedExchange[]
  /** By number, those after one. */
  after(number: number, limit: number): (SummedExchange & { readonly number: number })[]
  /** The highest number; 0 without any. */
  highest(): number
  count(): number
  /** Deletes those before a moment (ms UTC), the oldest first, at most `limit`; returns how many went. */
  prune(before: number, limit: number): number
  /** Of the next so many rows by number after one, deletes those of a key or an origin. undefined at the end. */
  forget(of: UseOf, after: number, limit: number): Forgot | undefined
}

export interface Forgot {
  readonly deleted: number
  readonly after: number
}

/** Rows of one statement: a row takes a quarter less of the time than with a statement of its own. */
const ROWS_AT_ONCE = 10
const INSERTED_COLUMNS = ['row', ...EXCHANGE_COLUMNS]

function insertSql(count: number): string {
  const slots = `(${INSERTED_COLUMNS.map(() => '?').join(', ')})`
  return `INSERT INTO exchanges (${INSERTED_COLUMNS.join(', ')}) VALUES ${Array(count).fill(slots).join(', ')}`
}

export function createExchangeTable(db: Connection, strings: InternedStrings): ExchangeTable {
  const select = db.prepare<[number, number], SummedRow>(
    `SELECT ${SUMMED_FIELDS} FROM exchanges WHERE row > ? ORDER BY row LIMIT ?`,
  )
  const highest = db.prepare<[], number | null>('SELECT MAX(row) FROM exchanges').pluck()
  const count = db.prepare<[], number>('SELECT COUNT(*) FROM exchanges').pluck()
  return {
    insert: createInsert(db, strings),
    after: (number, limit) => select.all(number, limit).map(fromSummedRow),
    highest: () => highest.get() ?? 0,
    count: () => count.get() ?? 0,
    ...createDeletes(db),
  }
}

function createDeletes(db: Connection): Pick<ExchangeTable, 'prune' | 'forget'> {
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
    prune: (before, limit) => prune.run(before, limit).changes,
    forget({ by, text }, after, limit) {
      const last = lastOf.get(after, limit) ?? null
      return last === null ? undefined : { deleted: forget[by].run(after, last, text).changes, after: last }
    },
  }
}

/**
 * Values are bound by place, which takes half as long as by name; and given one by one, as looking into an array from
 * outside takes a quarter longer.
 */
function createInsert(db: Connection, strings: InternedStrings): ExchangeTable['insert'] {
  const insertOne = db.prepare(insertSql(1))
  const insertSome = db.prepare(insertSql(ROWS_AT_ONCE))
  return (exchanges, first) => {
    const summed = exchanges.map((exchange) => toSummed(exchange, strings))
    const valuesOf = (from: number, to: number) => {
      const values: ExchangeValue[] = []
      for (let at = from; at < to; at += 1) {
        const [exchange, sums] = [exchanges[at], summed[at]]
        if (exchange === undefined || sums === undefined) break
        values.push(first + at)
        pushValues(values, exchange, sums, strings)
      }
      return values
    }
    let at = 0
    for (; at + ROWS_AT_ONCE <= exchanges.length; at += ROWS_AT_ONCE) {
      insertSome.run(...valuesOf(at, at + ROWS_AT_ONCE))
    }
    for (; at < exchanges.length; at += 1) insertOne.run(...valuesOf(at, at + 1))
    return summed
  }
}
