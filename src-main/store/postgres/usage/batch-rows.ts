import type { Exchange } from '#shared/gateway/exchange.ts'
import type { QuarterRow, SumKey, SummedExchange } from '#shared/usage/sum-rows.ts'
import { toSummed } from '../../rows/exchange-row.ts'
import type { Client } from '../connection/database.ts'
import { putRows, quarterKeyOf, type SumTable } from './add-sums.ts'
import { insertExchanges } from './exchange-rows.ts'
import { forgottenAmong } from './forgotten.ts'
import { numbers, QUARTER_KEY, SUM_FIELDS, SUM_KEY, unnest } from './sum-columns.ts'
import type { Terms } from './terms.ts'

interface WriterState {
  readonly writer: number
  readonly last: number
  readonly moves: number
}

/** The transaction of one batch. */
export class BatchRows {
  readonly #client: Client
  readonly #terms: Terms
  readonly #writer: number
  /** The number of the writer's last batch. */
  readonly last: number
  /** If it is another than in the batch before, rows of the writer may have been moved away. */
  readonly moves: number

  constructor(client: Client, terms: Terms, { writer, last, moves }: WriterState) {
    this.#client = client
    this.#terms = terms
    this.#writer = writer
    this.last = last
    this.moves = moves
  }

  /** Nothing more is forgotten until this transaction ends. */
  forgottenAmong(exchanges: readonly Exchange[]): Promise<ReadonlySet<Exchange>> {
    return forgottenAmong(this.#client, exchanges)
  }

  /** The summed fields of exchanges. */
  summed(exchanges: readonly Exchange[]): SummedExchange[] {
    return exchanges.map((exchange) => toSummed(exchange, this.#terms))
  }

  /** Gives each exchange a row. Resolves to their summed fields. */
  async insert(exchanges: readonly Exchange[]): Promise<SummedExchange[]> {
    const summed = this.summed(exchanges)
    if (exchanges.length > 0) await insertExchanges(this.#client, exchanges, summed, this.#terms)
    return summed
  }

  /** The writer's own rows that are not in the quarters yet. */
  async own(sumKeys: readonly SumKey[]): Promise<QuarterRow[]> {
    const keys = sumKeys.map(quarterKeyOf)
    const { rows } = await this.#client.query<QuarterRow>(
      `SELECT ${SUM_KEY}, ${SUM_FIELDS} FROM live_sums
       WHERE gateway = $1 AND (${SUM_KEY}) IN (SELECT * FROM ${unnest(Object.values(QUARTER_KEY), 2)})`,
      [this.#writer, ...Object.keys(QUARTER_KEY).map((_, at) => numbers(keys.map((key) => key[at])))],
    )
    return rows
  }

  /** Replaces own rows, and gives the batch its number. */
  async put(rows: readonly QuarterRow[], number: number): Promise<void> {
    const writer = this.#writer
    const table: SumTable<QuarterRow> = {
      name: 'live_sums',
      key: { gateway: 'bigint', ...QUARTER_KEY },
      keyOf: (row) => [writer, ...quarterKeyOf(row)],
    }
    await putRows(this.#client, table, rows)
    await this.#client.query('UPDATE usage_writers SET last = $2 WHERE id = $1', [writer, number])
  }
}
