import { type Exchange, type ExchangeFilter, keysOf } from '#shared/gateway/exchange.ts'
import { EXCHANGE_COLUMNS, type ExchangeRow, fromRow, REFUSED } from '../../rows/exchange-row.ts'
import type { Client, Database } from '../connection/database.ts'
import type { Terms } from './terms.ts'

/** The position of a walk: the time and number of the last exchange, which is not visited again. */
interface Cursor {
  readonly time: number
  readonly row: number
}

interface Step {
  readonly filter: ExchangeFilter
  readonly order: 'newest first' | 'oldest first'
  readonly after: Cursor | undefined
}

/** Exchanges with the same texts. */
interface PlaceSums extends Pick<Exchange, 'origin' | 'userAgent' | 'model'> {
  readonly requests: number
  readonly lastAt: number
}

interface PlaceRow {
  readonly origin: number | null
  readonly userAgent: number | null
  readonly model: number | null
  readonly requests: number
  readonly lastAt: number
}

/** Rows per step. */
const LOOKED_AT = 2000
/** Above all times and numbers. */
const AFTER_ALL = Number.MAX_SAFE_INTEGER

const WAYS = {
  'newest first': { direction: 'DESC', beyond: '<', until: '>=', start: AFTER_ALL, edge: -1 },
  'oldest first': { direction: 'ASC', beyond: '>', until: '<=', start: -1, edge: AFTER_ALL },
} as const

/** Visits the exchanges by time, a few thousand per step, so that no step takes long even if few of many match. */
export class ExchangeWalk {
  readonly #database: Database
  readonly #terms: Terms

  constructor(database: Database, terms: Terms) {
    this.#database = database
    this.#terms = terms
  }

  /** The matching exchanges among the next few thousand. */
  walk(step: Step & { limit: number }): Promise<{ found: Exchange[]; next: Cursor | undefined }> {
    return this.#inStretch(step, [], async (client, { where, values, end, direction }) => {
      const { rows } = await client.query<ExchangeRow & { row: number }>(
        `SELECT number AS row, ${EXCHANGE_COLUMNS.join(', ')} FROM exchanges WHERE ${where}
         ORDER BY time ${direction}, number ${direction} LIMIT ${step.limit}`,
        values,
      )
      const last = rows.at(-1)
      const next = rows.length === step.limit && last !== undefined ? { time: last.time, row: last.row } : end
      return { found: await this.#exchangesOf(client, rows), next }
    })
  }

  /** The number of matching exchanges among the next few thousand, oldest first. */
  countStep(step: Omit<Step, 'order'>): Promise<{ found: number; next: Cursor | undefined }> {
    return this.#inStretch({ ...step, order: 'oldest first' }, 0, async (client, { where, values, end }) => {
      const { rows } = await client.query<{ found: number }>(
        `SELECT COUNT(*) AS found FROM exchanges WHERE ${where}`,
        values,
      )
      return { found: rows[0]?.found ?? 0, next: end }
    })
  }

  /** The sums of the matching exchanges among the next few thousand, newest first, without refused ones. */
  placesStep(step: Omit<Step, 'order'>): Promise<{ found: PlaceSums[]; next: Cursor | undefined }> {
    return this.#inStretch({ ...step, order: 'newest first' }, [], async (client, { where, values, end }) => {
      const { rows } = await client.query<PlaceRow>(
        `SELECT origin, user_agent AS "userAgent", model, COUNT(*) AS requests, MAX(time) AS "lastAt" FROM exchanges
         WHERE ${where} AND outcome IS DISTINCT FROM (SELECT id FROM terms WHERE text = '${REFUSED}')
         GROUP BY origin, user_agent, model`,
        values,
      )
      return { found: await this.#placesOf(client, rows), next: end }
    })
  }

  /** The position of an exchange. If it no longer exists, the end of its millisecond. */
  async cursorOf(time: number, id: string): Promise<Cursor> {
    const sql = 'SELECT number FROM exchanges WHERE time = $1 AND id = $2'
    const { rows } = await this.#database.query<{ number: number }>(sql, [time, id])
    return { time, row: rows[0]?.number ?? -1 }
  }

  #inStretch<T>(
    step: Step,
    nothing: T,
    read: (client: Client, stretch: Stretch) => Promise<{ found: T; next: Cursor | undefined }>,
  ): Promise<{ found: T; next: Cursor | undefined }> {
    return this.#database.use(async (client) => {
      const fitting = await fittingRows(client, step.filter, this.#terms)
      if (fitting === undefined) return { found: nothing, next: undefined }
      return read(client, await stretchOf(client, step, fitting))
    })
  }

  /** Without those whose key or site is being forgotten. */
  async #exchangesOf(client: Client, rows: readonly ExchangeRow[]): Promise<Exchange[]> {
    const terms = this.#terms
    await terms.load(client, rows.flatMap(numbersOf))
    const isForgotten = (id: number | null) => id !== null && terms.textOf(id) === undefined
    return rows.flatMap((row) => (isForgotten(row.key) || isForgotten(row.origin) ? [] : (fromRow(row, terms) ?? [])))
  }

  async #placesOf(client: Client, rows: readonly PlaceRow[]): Promise<PlaceSums[]> {
    await this.#terms.load(
      client,
      rows.flatMap(({ origin, userAgent, model }) => [origin ?? 0, userAgent ?? 0, model ?? 0]),
    )
    const textOf = (id: number | null) => (id === null ? null : (this.#terms.textOf(id) ?? null))
    return rows.map(({ origin, userAgent, model, ...sums }) => ({
      ...sums,
      origin: textOf(origin),
      userAgent: textOf(userAgent),
      model: textOf(model),
    }))
  }
}

function numbersOf(row: ExchangeRow): number[] {
  const { key, origin, user_agent, method, route, class: routeClass, model, outcome, reason } = row
  return [key, origin, user_agent, method, route, routeClass, model, outcome, reason].map((number) => number ?? 0)
}

/** The rows of a step. */
interface Stretch {
  readonly where: string
  readonly values: unknown[]
  readonly direction: 'ASC' | 'DESC'
  /** The position of the last row; undefined if there are no more. */
  readonly end: Cursor | undefined
}

/** The bounds on time alone tell the database which days it needs. */
async function stretchOf(client: Client, { filter, order, after }: Step, fitting: Fitting): Promise<Stretch> {
  const { direction, beyond, until, start, edge } = WAYS[order]
  const [time, row] = [after?.time ?? start, after?.row ?? start]
  const [from, to] = [filter.from ?? 0, filter.to ?? AFTER_ALL]
  const next = `time >= $1 AND time < $2 AND time ${beyond}= $3 AND (time, number) ${beyond} ($3, $4)`
  const found = await client.query<Cursor>(
    `SELECT time, number AS row FROM exchanges WHERE ${next}
     ORDER BY time ${direction}, number ${direction} LIMIT 1 OFFSET ${LOOKED_AT - 1}`,
    [from, to, time, row],
  )
  const end = found.rows[0]
  return {
    where: `${next} AND time ${until} $5 AND (time, number) ${until} ($5, $6) ${fitting.where}`,
    values: [from, to, time, row, end?.time ?? edge, end?.row ?? edge, ...fitting.values],
    direction,
    end,
  }
}

/** Text columns by which exchanges can be filtered. */
const FILTERED = ['origin', 'model', 'route', 'outcome', 'reason'] as const satisfies (keyof ExchangeFilter)[]

/** A filter in SQL, with its values from $7 on. */
interface Fitting {
  readonly where: string
  readonly values: readonly unknown[]
}

/** undefined if the filter contains a text that no exchange has. */
async function fittingRows(client: Client, filter: ExchangeFilter, terms: Terms): Promise<Fitting | undefined> {
  const keys = keysOf(filter)
  const asked = FILTERED.map((column) => [column, filter[column]] as const)
  const texts = [...(keys ?? []), ...asked.flatMap(([, text]) => text ?? [])].filter((text) => text !== '')
  const known = texts.length === 0 ? new Map<string, number>() : await terms.find(client, texts)
  const values: unknown[] = []
  const slot = (value: unknown) => `$${values.push(value) + 6}`
  let where = ''
  if (keys !== undefined) {
    const numbers = keys.flatMap((key) => known.get(key) ?? [])
    const none = keys.includes('')
    if (numbers.length === 0 && !none) return undefined
    where += ` AND (key = ANY (${slot(numbers)}::int[])${none ? ' OR key IS NULL' : ''})`
  }
  for (const [column, text] of asked) {
    if (text === undefined) continue
    const number = known.get(text)
    if (text !== '' && number === undefined) return undefined
    where += text === '' ? ` AND ${column} IS NULL` : ` AND ${column} = ${slot(number)}`
  }
  return { where, values }
}
