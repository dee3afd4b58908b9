import { type Exchange, type ExchangeFilter, keysOf } from '#shared/gateway/exchange.ts'
import { EXCHANGE_COLUMNS, type ExchangeRow, fromRow, REFUSED } from '../../rows/exchange-row.ts'
import type { Connection } from '../file/connection.ts'
import type { InternedStrings } from './interned-strings.ts'

/** The position of a walk: the time and row number of the last exchange, which is not visited again. */
export interface Cursor {
  readonly time: number
  readonly row: number
}

/** One step of a walk. */
export interface Walked {
  readonly found: Exchange[]
  /** The position for the next step; undefined at the end. */
  readonly next: Cursor | undefined
}

export interface WalkStep {
  readonly filter: ExchangeFilter
  readonly order: 'newest first' | 'oldest first'
  /** undefined: starts at the beginning. */
  readonly after: Cursor | undefined
  /** The maximum number of results. */
  readonly limit: number
}

/** Visits the exchanges by time, a few thousand per step, so that no step takes long even if few of many match. */
export interface ExchangeWalk {
  /** The matching exchanges among the next few thousand. */
  walk(step: WalkStep): Walked
  /** The number of matching exchanges among the next few thousand. */
  countStep(step: Omit<WalkStep, 'limit'>): { readonly found: number; readonly next: Cursor | undefined }
  /** The sums of the matching exchanges among the next few thousand, without refused ones. */
  placesStep(step: Omit<WalkStep, 'limit'>): { readonly found: PlaceSums[]; readonly next: Cursor | undefined }
  /** The position of an exchange. If it no longer exists, the end of its millisecond. */
  cursorOf(time: number, id: string): Cursor
}

/** Exchanges with the same texts. */
interface PlaceSums extends Pick<Exchange, 'origin' | 'userAgent' | 'model'> {
  readonly requests: number
  readonly lastAt: number
}

/** The same with numbers of interned strings. */
interface PlaceRow {
  readonly origin: number | null
  readonly userAgent: number | null
  readonly model: number | null
  readonly requests: number
  readonly lastAt: number
}

/** Rows per step, which takes some milliseconds. */
const LOOKED_AT = 2000

export function createExchangeWalk(db: Connection, strings: InternedStrings): ExchangeWalk {
  const steps = { 'newest first': walkSql(db, 'DESC', '<'), 'oldest first': walkSql(db, 'ASC', '>') }
  const place = db.prepare<[number, string], number>('SELECT row FROM exchanges WHERE time = ? AND id = ?').pluck()

  function stretchOf({ filter, order, after }: Omit<WalkStep, 'limit'>) {
    const way = steps[order]
    const bounds = {
      time: after?.time ?? way.start,
      row: after?.row ?? way.start,
      from: filter.from ?? 0,
      to: filter.to ?? AFTER_ALL,
    }
    const end = way.end.get(bounds)
    const values = { ...bounds, endTime: end?.time ?? way.edge, endRow: end?.row ?? way.edge }
    return { way, end, values, fitting: fittingRows(filter, strings) }
  }

  return {
    walk(step) {
      const { way, end, values, fitting } = stretchOf(step)
      if (fitting === undefined) return { found: [], next: undefined }
      const rows = way.select(fitting.where).all({ ...values, ...fitting.values, limit: step.limit })
      const last = rows.at(-1)
      const isFull = rows.length === step.limit && last !== undefined
      return { found: rows.flatMap((row) => fromRow(row, strings) ?? []), next: isFull ? cursorIn(last) : end }
    },
    countStep(step) {
      const { way, end, values, fitting } = stretchOf({ ...step })
      if (fitting === undefined) return { found: 0, next: undefined }
      return { found: way.count(fitting.where).get({ ...values, ...fitting.values }) ?? 0, next: end }
    },
    placesStep(step) {
      const { way, end, values, fitting } = stretchOf(step)
      if (fitting === undefined) return { found: [], next: undefined }
      // Without an order, SQLite may search by these two bounds alone, so they are those of the step.
      const { from, to, time, endTime } = values
      const bounds = { from: Math.max(from, endTime), to: Math.min(to, time + 1) }
      const rows = way.places(fitting.where).all({ ...values, ...bounds, ...fitting.values })
      return { found: rows.map((row) => withTexts(row, strings)), next: end }
    },
    cursorOf: (time, id) => ({ time, row: place.get(time, id) ?? -1 }),
  }
}

function withTexts({ origin, userAgent, model, ...sums }: PlaceRow, strings: InternedStrings): PlaceSums {
  const textOf = (number: number | null) => (number === null ? null : (strings.textOf(number) ?? null))
  return { ...sums, origin: textOf(origin), userAgent: textOf(userAgent), model: textOf(model) }
}

const BEFORE_ALL = -1
const AFTER_ALL = Number.MAX_SAFE_INTEGER

interface StretchStart {
  time: number
  row: number
  from: number
  to: number
}

function cursorIn({ time, row }: Cursor): Cursor {
  return { time, row }
}

/** The index on time contains the row number, so finding the end of a step reads no exchange. */
function walkSql(db: Connection, direction: 'ASC' | 'DESC', comparison: '<' | '>') {
  const beyond = `(time, row) ${comparison} (@time, @row) AND time >= @from AND time < @to`
  const end = db.prepare<StretchStart, Cursor>(
    `SELECT time, row FROM exchanges WHERE ${beyond} ORDER BY time ${direction}, row ${direction}
     LIMIT 1 OFFSET ${LOOKED_AT - 1}`,
  )
  const until = direction === 'ASC' ? '<=' : '>='
  const stretch = `FROM exchanges WHERE ${beyond} AND (time, row) ${until} (@endTime, @endRow)`
  const select = (where: string) =>
    db.prepare<object, ExchangeRow & { row: number }>(
      `SELECT row, ${EXCHANGE_COLUMNS.join(', ')} ${stretch} ${where} ORDER BY time ${direction}, row ${direction} LIMIT @limit`,
    )
  const count = (where: string) => db.prepare<object, number>(`SELECT COUNT(*) ${stretch} ${where}`).pluck()
  const places = (where: string) =>
    db.prepare<object, PlaceRow>(
      `SELECT origin, user_agent AS userAgent, model, COUNT(*) AS requests, MAX(time) AS lastAt ${stretch} ${where}
       AND outcome IS NOT (SELECT id FROM terms WHERE text = '${REFUSED}') GROUP BY origin, user_agent, model`,
    )
  const [start, edge] = direction === 'ASC' ? [BEFORE_ALL, AFTER_ALL] : [AFTER_ALL, BEFORE_ALL]
  return { end, select, count, places, start, edge }
}

/** Text columns by which exchanges can be filtered. */
const FILTERED = ['origin', 'model', 'route', 'outcome', 'reason'] as const satisfies (keyof ExchangeFilter)[]

/** The filter in SQL; undefined if it contains a text that no exchange has. */
function fittingRows(filter: ExchangeFilter, strings: InternedStrings) {
  const values: Record<string, number> = {}
  let where = ''
  const keys = keysOf(filter)
  if (keys !== undefined) {
    // These are Latchkey's own numbers. No text of a request ever becomes part of the SQL.
    const known = keys.flatMap((key) => (key === '' ? [] : (strings.find(key) ?? [])))
    const none = keys.includes('')
    if (known.length === 0 && !none) return undefined
    where += ` AND (key IN (${known.join(', ')})${none ? ' OR key IS NULL' : ''})`
  }
  for (const column of FILTERED) {
    const text = filter[column]
    if (text === undefined) continue
    if (text === '') {
      where += ` AND ${column} IS NULL`
      continue
    }
    const term = strings.find(text)
    if (term === undefined) return undefined
    values[column] = term
    where += ` AND ${column} = @${column}`
  }
  return { where, values }
}
