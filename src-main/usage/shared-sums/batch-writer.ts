import type { Exchange } from '#shared/gateway/exchange.ts'
import { addSumRows } from '#shared/usage/add-sum-rows.ts'
import type { QuarterRow } from '#shared/usage/sum-rows.ts'
import { Sequencer } from '../../base/sequencer.ts'
import type { Batch } from '../spool/usage-spool.ts'
import { gatherAll, rowOf } from '../sums/gathered-sums.ts'
import { SumKeyMap } from '../sums/sum-key-map.ts'
import type { BatchRows, SharedRows } from './ports.ts'

/** About 8 MB of memory. */
const MOST_ROWS = 16_000

/**
 * Writes batches of exchanges exactly once: each is one transaction with its number. If the answer of the database is lost, the
 * batch is written again, and the number shows whether it was written before.
 */
export class BatchWriter {
  readonly #rows: Pick<SharedRows, 'write' | 'forgottenAmong'>
  readonly #sequencer = new Sequencer()
  /** Whose rows are known: not those of batches that an earlier process left on the disk. */
  #writer = 0
  /** The rows as in the store: nobody else writes them, except that upkeep moves them away. */
  #own = new SumKeyMap<QuarterRow>()
  #ownCount = 0
  #moves = -1

  /** No other process may use the same numbers of writers. */
  constructor(rows: Pick<SharedRows, 'write' | 'forgottenAmong'>) {
    this.#rows = rows
  }

  /** Batches of one writer must come in the order of their numbers. */
  write(batch: Batch): Promise<void> {
    return this.#sequencer.queue(() => this.#writeNow(batch, false))
  }

  /** The same for a batch that waited on the disk: its usage may have been forgotten meanwhile. */
  writeLate(batch: Batch): Promise<void> {
    return this.#sequencer.queue(async () => {
      // Before it is written, because the names in it would get numbers.
      const gone = await this.#rows.forgottenAmong([...batch.kept, ...batch.summedOnly])
      await this.#writeNow(without(batch, gone), true)
    })
  }

  async #writeNow(batch: Batch, isLate: boolean): Promise<void> {
    if (batch.writer !== this.#writer) this.#forgetOwn()
    this.#writer = batch.writer
    try {
      const rows = await this.#rows.write(batch.writer, [...batch.kept, ...batch.summedOnly], async (transaction) => {
        const gone = isLate ? await transaction.forgottenAmong([...batch.kept, ...batch.summedOnly]) : NOTHING
        return this.#write(transaction, without(batch, gone))
      })
      for (const row of rows) this.#remember(row)
    } catch (error) {
      this.#forgetOwn()
      throw error
    }
  }

  /** Resolves to the rows as they are now in the store. An earlier transaction has ended by now, because both lock the row of their writer. */
  async #write(rows: BatchRows, { number, kept, summedOnly }: Batch): Promise<readonly QuarterRow[]> {
    if (rows.last >= number) return []
    const summed = [...(await rows.insert(kept)), ...rows.summed(summedOnly)]
    const sums = await this.#added(
      rows,
      gatherAll(summed).map((gathered) => rowOf(gathered, 0)),
    )
    await rows.put(sums, number)
    return sums
  }

  async #added(batch: BatchRows, more: readonly QuarterRow[]): Promise<QuarterRow[]> {
    if (batch.moves !== this.#moves) this.#forgetOwn()
    this.#moves = batch.moves
    const unknown = more.filter((row) => this.#own.get(row) === undefined)
    const before = new SumKeyMap<QuarterRow>()
    if (unknown.length > 0) for (const row of await batch.own(unknown)) before.set(row, row)
    return more.map((row) => {
      const known = this.#own.get(row) ?? before.get(row)
      return known === undefined ? row : { ...row, ...addSumRows(known, row) }
    })
  }

  #remember(row: QuarterRow): void {
    if (this.#ownCount >= MOST_ROWS) this.#forgetOwn()
    if (this.#own.get(row) === undefined) this.#ownCount += 1
    this.#own.set(row, row)
  }

  #forgetOwn(): void {
    this.#own = new SumKeyMap()
    this.#ownCount = 0
  }
}

const NOTHING: ReadonlySet<Exchange> = new Set()

function without(batch: Batch, gone: ReadonlySet<Exchange>): Batch {
  if (gone.size === 0) return batch
  const isLeft = (exchange: Exchange) => !gone.has(exchange)
  return { ...batch, kept: batch.kept.filter(isLeft), summedOnly: batch.summedOnly.filter(isLeft) }
}
