import type {
  CoverageRow,
  ModelCounts,
  NumberRange,
  SumDimension,
  ValueCounts,
  ValueRow,
} from '#shared/usage/sum-rows.ts'
import type { SummedBy } from '#shared/usage/usage-sums.ts'
import { DIMENSION_NUMBERS } from '../../rows/dimension-numbers.ts'
import type { Client } from '../connection/database.ts'
import { blockTableOf } from './add-sums.ts'
import { JOINED_SUMS, SUM_COUNTS } from './sum-columns.ts'
import type { Terms } from './terms.ts'

/** A part of one of several ranges. */
interface Part extends NumberRange {
  /** The index of the range. */
  readonly at: number
  readonly width?: number
}

interface BlockPart extends Part {
  readonly width: number
}

interface At {
  readonly at: number
}

interface InQuarter {
  readonly quarter: number
}

/** The column of each dimension. */
const COLUMNS: Readonly<Record<SummedBy, string>> = {
  model: 'model',
  key: 'key',
  origin: 'origin',
  route: 'route',
  all: '0',
}

/** A query of one table of sums for each part of each range. */
interface Asked<P extends Part> {
  readonly table: string
  /** The condition for a row of a part: its columns are `from_`, `to_` and `width_`. */
  readonly where: string
  /** The column with the number that `numbers` limits. */
  readonly limited: 'value' | 'key'
  readonly parts: readonly P[]
  readonly numbers: readonly NumberRange[] | undefined
}

/**
 * Reads sums in one transaction. Each method answers for all parts of a report in one statement, and gets one row for each value of
 * each range: a report has hundreds of parts, and they may have a hundred thousand rows.
 */
export class SnapshotRows {
  readonly #client: Client
  readonly #terms: Terms
  readonly coverage: readonly CoverageRow[]

  constructor(client: Client, terms: Terms, coverage: readonly CoverageRow[]) {
    this.#client = client
    this.#terms = terms
    this.coverage = coverage
  }

  /** Without those that no row has. */
  numbersOf(texts: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#terms.find(this.#client, texts)
  }

  textsOf(numbers: readonly number[]): Promise<(string | undefined)[]> {
    return this.#terms.textsOf(this.#client, numbers)
  }

  /** The first quarter with usage. */
  async firstQuarter(): Promise<number | undefined> {
    const sql = 'SELECT LEAST((SELECT MIN(quarter) FROM quarter_sums), (SELECT MIN(quarter) FROM live_sums)) AS first'
    return (await this.#read<{ first: number | null }>(sql, []))[0]?.first ?? undefined
  }

  blockCounts(
    dimension: SumDimension,
    parts: readonly BlockPart[],
    values?: readonly NumberRange[],
  ): Promise<(ValueCounts & At)[]> {
    return this.#grouped('at, value', SUM_COUNTS, blocksOf(dimension, parts, values))
  }

  blockSums(
    dimension: SumDimension,
    parts: readonly BlockPart[],
    values?: readonly NumberRange[],
  ): Promise<(ValueRow & At)[]> {
    return this.#grouped('at, value', JOINED_SUMS, blocksOf(dimension, parts, values))
  }

  quarterCounts(by: SummedBy, parts: readonly Part[]): Promise<(ValueCounts & At)[]> {
    return this.#grouped(`at, ${COLUMNS[by]} AS value`, SUM_COUNTS, quartersOf(parts))
  }

  quarterSums(by: SummedBy, parts: readonly Part[], keys?: readonly NumberRange[]): Promise<(ValueRow & At)[]> {
    return this.#grouped(`at, ${COLUMNS[by]} AS value`, JOINED_SUMS, quartersOf(parts, keys))
  }

  /** By key (`value`) and model. */
  quarterPairs(parts: readonly Part[], keys?: readonly NumberRange[]): Promise<(ValueCounts & ModelCounts & At)[]> {
    return this.#grouped('at, key AS value, model', SUM_COUNTS, quartersOf(parts, keys))
  }

  /** The same of the rows that are not in the quarters yet, by quarter. */
  liveCounts(by: SummedBy): Promise<(ValueCounts & InQuarter)[]> {
    return this.#live(`quarter, ${COLUMNS[by]} AS value`, SUM_COUNTS)
  }

  liveSums(by: SummedBy, keys?: readonly NumberRange[]): Promise<(ValueRow & InQuarter)[]> {
    return this.#live(`quarter, ${COLUMNS[by]} AS value`, JOINED_SUMS, keys)
  }

  livePairs(keys?: readonly NumberRange[]): Promise<(ValueCounts & ModelCounts & InQuarter)[]> {
    return this.#live('quarter, key AS value, model', SUM_COUNTS, keys)
  }

  /** The subquery with OFFSET makes PostgreSQL look each part up in the index, whatever it knows of the table. */
  #grouped<R extends object, P extends Part>(fields: string, sums: string, asked: Asked<P>): Promise<R[]> {
    const { table, where, limited, parts, numbers } = asked
    const slots = slotsOf(parts)
    const part = `unnest($1::int[], $2::bigint[], $3::bigint[], $4::int[]) AS part (at, from_, to_, width_)`
    const rows = (limit: string) =>
      `CROSS JOIN LATERAL (SELECT * FROM ${table} WHERE ${where} ${limit} OFFSET 0) AS row`
    const grouping = groupingOf(fields)
    if (numbers === undefined)
      return this.#read(`SELECT ${fields}, ${sums} FROM ${part} ${rows('')} ${grouping}`, slots)
    if (numbers.length > MOST_LOOKED_UP) {
      const limit = `AND ${limited} >= $5 AND ${limited} < $6`
      return this.#read(
        `SELECT ${fields}, ${sums} FROM ${part} ${rows(limit)}
         WHERE EXISTS (SELECT FROM ${allowedAt(7)} WHERE ${limited} >= first AND ${limited} < next) ${grouping}`,
        [
          ...slots,
          Math.min(...numbers.map(({ from }) => from)),
          Math.max(...numbers.map(({ to }) => to)),
          ...rangeSlots(numbers),
        ],
      )
    }
    return this.#read(
      `SELECT ${fields}, ${sums} FROM ${part} CROSS JOIN ${allowedAt(5)}
       ${rows(`AND ${limited} >= first AND ${limited} < next`)} ${grouping}`,
      [...slots, ...rangeSlots(numbers)],
    )
  }

  #live<R extends object>(fields: string, sums: string, keys?: readonly NumberRange[]): Promise<R[]> {
    const limit =
      keys === undefined ? '' : `WHERE EXISTS (SELECT FROM ${allowedAt(1)} WHERE key >= first AND key < next)`
    const grouping = groupingOf(fields)
    return this.#read(
      `SELECT ${fields}, ${sums} FROM live_sums ${limit} ${grouping}`,
      keys === undefined ? [] : rangeSlots(keys),
    )
  }

  async #read<R extends object>(text: string, values: unknown[]): Promise<R[]> {
    return (await this.#client.query<R>(text, values)).rows
  }
}

/** So many ranges of numbers are looked up one by one. For more it is faster to read what is between them, too. */
const MOST_LOOKED_UP = 8

function blocksOf(
  dimension: SumDimension,
  parts: readonly BlockPart[],
  numbers: readonly NumberRange[] | undefined,
): Asked<BlockPart> {
  const where = `dimension = ${DIMENSION_NUMBERS[dimension]} AND width = width_ AND start >= from_ AND start < to_`
  return { table: blockTableOf(dimension).name, where, limited: 'value', parts, numbers }
}

function quartersOf(parts: readonly Part[], numbers?: readonly NumberRange[]): Asked<Part> {
  return { table: 'quarter_sums', where: 'quarter >= from_ AND quarter < to_', limited: 'key', parts, numbers }
}

function slotsOf(parts: readonly Part[]): number[][] {
  return [
    parts.map(({ at }) => at),
    parts.map(({ from }) => from),
    parts.map(({ to }) => to),
    parts.map(({ width }) => width ?? 1),
  ]
}

/** Groups by the first columns of the answer. */
function groupingOf(fields: string): string {
  const columns = fields.split(', ').map((_, at) => at + 1)
  return `GROUP BY ${columns.join(', ')}`
}

function allowedAt(slot: number): string {
  return `unnest($${slot}::bigint[], $${slot + 1}::bigint[]) AS allowed (first, next)`
}

function rangeSlots(ranges: readonly NumberRange[]): number[][] {
  return [ranges.map(({ from }) => from), ranges.map(({ to }) => to)]
}
