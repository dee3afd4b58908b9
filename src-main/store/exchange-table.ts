import { type Exchange, type ExchangeFilter, exchangeSchema, keysOf } from '#shared/exchange.ts'
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

/** Where a walk through the exchanges stands: at the one with this time and row number, which is not looked at again. */
export interface Place {
  readonly time: number
  readonly row: number
}

/** One step of a walk. */
export interface Walked {
  readonly found: Exchange[]
  /** Where to go on; undefined at the end. */
  readonly next: Place | undefined
}

export interface WalkStep {
  readonly filter: ExchangeFilter
  readonly order: 'newest first' | 'oldest first'
  /** undefined: from the beginning. */
  readonly after: Place | undefined
  /** How many are to be found at most. */
  readonly limit: number
}

/** Raw exchanges. */
export interface ExchangeTable {
  insert(exchange: Exchange): void
  /**
   * Looks at the next few thousand exchanges in order of time and returns those that fit: however few fit in however
   * many, no step takes long.
   */
  walk(step: WalkStep): Walked
  /** How many of the next few thousand fit. */
  countStep(step: Omit<WalkStep, 'limit'>): { readonly found: number; readonly next: Place | undefined }
  /** The place of an exchange; of one that is gone, the end of its millisecond. */
  placeOf(time: number, id: string): Place
  /** Deletes those before a moment (ms UTC), the oldest first, at most `limit`; returns how many went. */
  prune(before: number, limit: number): number
  /** Of the next so many rows by number after one, deletes those of a key or an origin. undefined at the end. */
  forget(what: { key: number } | { origin: number }, after: number, limit: number): Forgot | undefined
}

export interface Forgot {
  readonly deleted: number
  readonly after: number
}

/** Rows that one step looks at: some milliseconds. */
const LOOKED_AT = 2000

export function createExchangeTable(db: Connection, terms: Terms): ExchangeTable {
  const insert = db.prepare<ExchangeRow>(
    `INSERT INTO exchanges (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map((column) => `@${column}`).join(', ')})`,
  )
  const steps = { 'newest first': walkSql('DESC', '<'), 'oldest first': walkSql('ASC', '>') }
  const place = db.prepare<[number, string], number>('SELECT row FROM exchanges WHERE time = ? AND id = ?').pluck()
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

  /** The index on time holds the row number too, so that finding a stretch's end reads no exchange. */
  function walkSql(direction: 'ASC' | 'DESC', comparison: '<' | '>') {
    const beyond = `(time, row) ${comparison} (@time, @row) AND time >= @from AND time < @to`
    const end = db.prepare<StretchStart, Place>(
      `SELECT time, row FROM exchanges WHERE ${beyond} ORDER BY time ${direction}, row ${direction}
       LIMIT 1 OFFSET ${LOOKED_AT - 1}`,
    )
    const until = direction === 'ASC' ? '<=' : '>='
    const stretch = `FROM exchanges WHERE ${beyond} AND (time, row) ${until} (@endTime, @endRow)`
    const select = (where: string) =>
      db.prepare<object, ExchangeRow & { row: number }>(
        `SELECT row, ${COLUMNS.join(', ')} ${stretch} ${where} ORDER BY time ${direction}, row ${direction} LIMIT @limit`,
      )
    const count = (where: string) => db.prepare<object, number>(`SELECT COUNT(*) ${stretch} ${where}`).pluck()
    const [start, edge] = direction === 'ASC' ? [BEFORE_ALL, AFTER_ALL] : [AFTER_ALL, BEFORE_ALL]
    return { end, select, count, start, edge }
  }

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
    return { way, end, values, fitting: fittingRows(filter, terms) }
  }

  return {
    insert: (exchange) => void insert.run(toRow(exchange, terms)),
    walk(step) {
      const { way, end, values, fitting } = stretchOf(step)
      if (fitting === undefined) return { found: [], next: undefined }
      const rows = way.select(fitting.where).all({ ...values, ...fitting.values, limit: step.limit })
      const last = rows.at(-1)
      const isFull = rows.length === step.limit && last !== undefined
      return { found: rows.flatMap((row) => fromRow(row, terms) ?? []), next: isFull ? placeIn(last) : end }
    },
    countStep(step) {
      const { way, end, values, fitting } = stretchOf({ ...step })
      if (fitting === undefined) return { found: 0, next: undefined }
      return { found: way.count(fitting.where).get({ ...values, ...fitting.values }) ?? 0, next: end }
    },
    placeOf: (time, id) => ({ time, row: place.get(time, id) ?? -1 }),
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

const BEFORE_ALL = -1
const AFTER_ALL = Number.MAX_SAFE_INTEGER

interface StretchStart {
  time: number
  row: number
  from: number
  to: number
}

function placeIn({ time, row }: Place): Place {
  return { time, row }
}

/** Columns of terms by which exchanges can be chosen. */
const FILTERED = ['origin', 'model', 'route', 'outcome', 'reason'] as const satisfies (keyof ExchangeFilter)[]

/** The filter in SQL; undefined when it names a text that no exchange has. */
function fittingRows(filter: ExchangeFilter, terms: Terms) {
  const values: Record<string, number> = {}
  let where = ''
  const keys = keysOf(filter)
  if (keys !== undefined) {
    // Numbers of our own making: what stands in the query of a request never stands in SQL.
    const known = keys.flatMap((key) => (key === '' ? [] : (terms.find(key) ?? [])))
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
    const term = terms.find(text)
    if (term === undefined) return undefined
    values[column] = term
    where += ` AND ${column} = @${column}`
  }
  return { where, values }
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
