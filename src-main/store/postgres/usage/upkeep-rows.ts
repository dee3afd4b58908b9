import type {
  BlockCursor,
  BlockRange,
  BlockRow,
  CoverageRow,
  NumberRange,
  QuarterRow,
  StoredBlock,
  SumDimension,
  SumsChange,
  UseOf,
} from '#shared/usage/sum-rows.ts'
import { DIMENSION_NUMBERS } from '../../rows/dimension-numbers.ts'
import type { Client } from '../connection/database.ts'
import {
  addRows,
  blockTableOf,
  DIMENSION_SUMS,
  isPairOfShared,
  PAIR_SUMS,
  QUARTER_SUMS,
  type SumTable,
} from './add-sums.ts'
import { forgetExchanges } from './exchange-rows.ts'
import { noteForgotten } from './forgotten.ts'
import { SUM_FIELDS, SUM_KEY, unnest } from './sum-columns.ts'
import type { Terms } from './terms.ts'

/** So many are decoded in two or three milliseconds. */
const BLOCKS_OF_A_BATCH = 1000

/** Everything that holds usage, except the partitions and the numbers of batches. */
const TABLES_OF_USE =
  'exchanges, live_sums, quarter_sums, dimension_sums, sums_reach, pair_sums, pair_reach, terms, forgetting'

/** The transaction of one step of upkeep, while no batch is written. */
export class UpkeepRows {
  readonly #client: Client
  readonly #terms: Terms
  readonly coverage: readonly CoverageRow[]

  constructor(client: Client, terms: Terms, coverage: readonly CoverageRow[]) {
    this.#client = client
    this.#terms = terms
    this.coverage = coverage
  }

  /** In the order of the quarters. `from` is included and `to` is not. */
  async quarters(from: number, to: number): Promise<QuarterRow[]> {
    const { rows } = await this.#client.query<QuarterRow>(
      `SELECT ${SUM_KEY}, ${SUM_FIELDS} FROM quarter_sums WHERE quarter >= $1 AND quarter < $2 ORDER BY quarter`,
      [from, to],
    )
    return rows
  }

  async hasQuarters({ by, text }: UseOf, from: number, to: number): Promise<boolean> {
    const sql = `SELECT FROM quarter_sums WHERE quarter >= $1 AND quarter < $2 AND ${by} = $3 LIMIT 1`
    return (await this.#client.query(sql, [from, to, text])).rows.length > 0
  }

  /** The first quarter with usage at or after this one. */
  async nextQuarter(quarter: number): Promise<number | undefined> {
    const sql = 'SELECT quarter FROM quarter_sums WHERE quarter >= $1 ORDER BY quarter LIMIT 1'
    return (await this.#client.query<{ quarter: number }>(sql, [quarter])).rows[0]?.quarter
  }

  /** The next rows after a cursor, by `start` and then by `value`. */
  async blocks(range: BlockRange, after: BlockCursor | undefined): Promise<StoredBlock[]> {
    const { rows } = await this.#client.query<StoredBlock>(
      `SELECT start, value, ${SUM_FIELDS} FROM ${blockTableOf(range.dimension).name}
       WHERE dimension = $1 AND width = $2 AND start >= $3 AND start < $4 AND (start, value) > ($5, $6)
       ORDER BY start, value LIMIT ${BLOCKS_OF_A_BATCH}`,
      [...boundsOf(range), after?.start ?? range.from, after?.value ?? -1],
    )
    return rows
  }

  /** The first block of a width with usage at or after a quarter. */
  async nextBlock(dimension: SumDimension, width: number, quarter: number): Promise<number | undefined> {
    const { rows } = await this.#client.query<{ start: number }>(
      `SELECT start FROM ${blockTableOf(dimension).name} WHERE dimension = $1 AND width = $2 AND start >= $3
       ORDER BY start LIMIT 1`,
      [DIMENSION_NUMBERS[dimension], width, quarter],
    )
    return rows[0]?.start
  }

  /** Removes the oldest live rows of quarters before this one. Resolves to them, several of one sum key for several writers. */
  async takeLive(before: number, limit: number): Promise<QuarterRow[]> {
    const { rows } = await this.#client.query<QuarterRow>(
      `DELETE FROM live_sums WHERE (gateway, ${SUM_KEY}) IN
         (SELECT gateway, ${SUM_KEY} FROM live_sums WHERE quarter < $1 ORDER BY quarter LIMIT $2)
       RETURNING ${SUM_KEY}, ${SUM_FIELDS}`,
      [before, limit],
    )
    if (rows.length > 0) await this.#client.query('UPDATE usage_state SET moves = moves + 1')
    return rows
  }

  /** Resolves to the number of deleted rows. */
  async apply(change: SumsChange): Promise<number> {
    let dropped = change.dropQuarters === undefined ? 0 : await this.#dropQuarters(change.dropQuarters)
    for (const [isPair, ranges] of byTable(change.dropBlocks ?? [])) {
      dropped += await this.#dropBlocks(isPair ? PAIR_SUMS : DIMENSION_SUMS, ranges)
    }
    await addRows(this.#client, QUARTER_SUMS, change.quarters ?? [])
    for (const [isPair, blocks] of byTable(change.blocks ?? [])) {
      await addRows(this.#client, isPair ? PAIR_SUMS : DIMENSION_SUMS, blocks)
    }
    for (const [isPair, rows] of byTable(change.coverage ?? [])) {
      await this.#putCoverage(isPair ? 'pair_reach' : 'sums_reach', rows)
    }
    return dropped
  }

  forgetExchanges(of: UseOf, after: number, limit: number): Promise<{ deleted: number; after: number } | undefined> {
    return forgetExchanges(this.#client, of, after, limit)
  }

  /**
   * Takes the text from its number, so that nobody writes rows with this number any more. Resolves to the number; undefined if no
   * row has the text.
   */
  async beginForgetting(by: UseOf['by'], text: string): Promise<number | undefined> {
    await noteForgotten(this.#client, { by, text })
    const number = (await this.#terms.find(this.#client, [text])).get(text)
    if (number === undefined) return undefined
    await this.#client.query('UPDATE terms SET text = NULL WHERE id = $1', [number])
    await this.#client.query(`DELETE FROM live_sums WHERE ${by} = $1`, [number])
    await this.#client.query('INSERT INTO forgetting (term, by) VALUES ($1, $2)', [number, by])
    await this.#client.query('UPDATE usage_state SET epoch = epoch + 1, moves = moves + 1')
    return number
  }

  async endForgetting(number: number): Promise<void> {
    await this.#client.query('DELETE FROM terms WHERE id = $1', [number])
    await this.#client.query('DELETE FROM forgetting WHERE term = $1', [number])
  }

  /** Deletes all usage. Resolves to the number of deleted exchanges. */
  async forgetAll(): Promise<number> {
    const { rows } = await this.#client.query<{ count: number }>('SELECT COUNT(*) AS count FROM exchanges')
    await this.#client.query(`TRUNCATE ${TABLES_OF_USE}`)
    await noteForgotten(this.#client, 'everything')
    await this.#client.query('UPDATE usage_state SET epoch = epoch + 1, moves = moves + 1')
    return rows[0]?.count ?? 0
  }

  async #dropQuarters({ by, text, from, to }: UseOf & NumberRange): Promise<number> {
    const sql = `DELETE FROM quarter_sums WHERE quarter >= $1 AND quarter < $2 AND ${by} = $3`
    return (await this.#client.query(sql, [from, to, text])).rowCount ?? 0
  }

  async #dropBlocks({ name }: SumTable<BlockRow>, ranges: readonly BlockRange[]): Promise<number> {
    const bounds = ranges.map(boundsOf)
    const { rowCount } = await this.#client.query(
      `DELETE FROM ${name} AS block USING ${unnest(['smallint', 'int', 'bigint', 'bigint'])} AS range (dimension, width, from_, to_)
       WHERE block.dimension = range.dimension AND block.width = range.width AND start >= from_ AND start < to_`,
      [0, 1, 2, 3].map((at) => bounds.map((values) => values[at])),
    )
    return rowCount ?? 0
  }

  async #putCoverage(table: 'sums_reach' | 'pair_reach', rows: readonly CoverageRow[]): Promise<void> {
    await this.#client.query(
      `INSERT INTO ${table} (dimension, width, since, upto) SELECT * FROM ${unnest(['smallint', 'int', 'bigint', 'bigint'])}
       ON CONFLICT (dimension, width) DO UPDATE SET since = excluded.since, upto = excluded.upto`,
      [
        rows.map(({ dimension }) => DIMENSION_NUMBERS[dimension]),
        rows.map(({ width }) => width),
        rows.map(({ since }) => since),
        rows.map(({ upto }) => upto),
      ],
    )
  }
}

/** By whether the rows belong to the tables of pairs. */
function byTable<R extends { readonly dimension: SumDimension }>(rows: readonly R[]): Map<boolean, R[]> {
  return Map.groupBy(rows, ({ dimension }) => isPairOfShared(dimension))
}

function boundsOf({ dimension, width, from, to }: BlockRange): number[] {
  return [DIMENSION_NUMBERS[dimension], width, from, to]
}
