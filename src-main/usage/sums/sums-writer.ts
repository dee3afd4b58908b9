import type { Exchange } from '#shared/gateway/exchange.ts'
import type { SummedExchange, Written } from '#shared/usage/sum-rows.ts'
import { addingToBlocks } from './adding-to-blocks.ts'
import type { Coverage } from './coverage.ts'
import { gatherAll, rowOf } from './gathered-sums.ts'
import type { Pending, PendingSums } from './pending-sums.ts'
import type { UsageRows } from './ports.ts'

export interface SumsWriterOptions {
  readonly rows: Pick<UsageRows, 'append' | 'apply'>
  readonly coverage: Coverage
  readonly pending: PendingSums
  /** The number of the next exchange. */
  readonly next: number
}

/** Rows per transaction, which takes about two milliseconds. */
const ROWS_AT_ONCE = 200
/** About 8 MB of memory. */
const MOST_ROWS = 16_000
/** The maximum number of exchanges that a start reads after a crash, in less than a second. */
const MOST_EXCHANGES = 200_000

/** Writes exchanges and sums, and records which exchanges are in the stored sums. */
export class SumsWriter {
  readonly #rows: SumsWriterOptions['rows']
  readonly #coverage: Coverage
  readonly #pending: PendingSums
  #next: number

  constructor({ rows, coverage, pending, next }: SumsWriterOptions) {
    this.#rows = rows
    this.#coverage = coverage
    this.#pending = pending
    this.#next = next
  }

  /** Writes the `kept` exchanges and collects their sums. Of the other exchanges it writes only the sums, at once. */
  async append(kept: readonly Exchange[], summedOnly: readonly Exchange[]): Promise<void> {
    const sumUp = (exchanges: readonly SummedExchange[]) =>
      addingToBlocks(
        gatherAll(exchanges).map((gathered) => rowOf(gathered, 0)),
        this.#coverage,
      )
    const written = await this.#rows.append({ kept, summedOnly, first: this.#next, sumUp })
    for (const exchange of written) this.#pending.add(exchange, this.#next++)
  }

  /** Writes the oldest pending sums if there are too many. */
  async writeSurplus(): Promise<void> {
    const [oldest] = this.#pending.oldest(1)
    if (oldest === undefined) return
    if (this.#pending.size > MOST_ROWS || this.#next - oldest.first > MOST_EXCHANGES) await this.writeSome()
  }

  /** Writes some of the pending sums for quarters before this one. Resolves to false if there were none. */
  writeBefore(quarter: number): Promise<boolean> {
    return this.#write(this.#pending.before(quarter, ROWS_AT_ONCE))
  }

  /** Writes some of the pending sums. Resolves to false if there were none. */
  writeSome(): Promise<boolean> {
    return this.#write(this.#pending.oldest(ROWS_AT_ONCE))
  }

  async writeAll(): Promise<void> {
    await this.#write(this.#pending.oldest(this.#pending.size))
  }

  /** The record that all exchanges in the store are in the sums. */
  allWritten(): Written {
    return { upto: this.#next - 1, numbered: this.#next - 1 }
  }

  async #write(sums: readonly Pending[]): Promise<boolean> {
    if (sums.length === 0) return false
    const firstLeft = this.#pending.firstBeside(sums)
    // If no sums are left, no start needs to know which exchanges were in these.
    const rows = sums.map((one) => rowOf(one, firstLeft === undefined ? 0 : one.last))
    const written = { upto: (firstLeft ?? this.#next) - 1, numbered: this.#next - 1 }
    await this.#rows.apply({ ...addingToBlocks(rows, this.#coverage), written })
    this.#pending.drop(sums)
    return true
  }
}
