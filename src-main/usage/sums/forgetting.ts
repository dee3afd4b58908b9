import type { UseOf } from '#shared/usage/sum-rows.ts'
import type { Coverage } from './coverage.ts'
import { SUM_DIMENSIONS } from './dimensions.ts'
import type { PendingSums } from './pending-sums.ts'
import type { UsageRows } from './ports.ts'
import type { RollUp } from './roll-up.ts'
import type { SumsWriter } from './sums-writer.ts'

export interface ForgettingOptions {
  readonly rows: Pick<UsageRows, 'apply' | 'forgetExchanges' | 'forgetText' | 'hasQuarters' | 'nextQuarter'>
  readonly pending: PendingSums
  readonly writer: Pick<SumsWriter, 'writeSome'>
  readonly coverage: Coverage
  readonly rollUp: RollUp
}

/** Runs one short step with exclusive access to the sums. Other work can run before the next step. */
export type Step = <T>(work: () => Promise<T>) => Promise<T>

/** Exchanges per step. */
const ROWS_AT_ONCE = 2000
/** Quarters per step: a day. */
const QUARTERS_AT_ONCE = 96

/** Deletes the usage of one key or one origin, also from the sums. Exchanges that are written meanwhile stay correct. */
export class Forgetting {
  readonly #options: ForgettingOptions

  constructor(options: ForgettingOptions) {
    this.#options = options
  }

  /** Resolves to the number of deleted exchanges. */
  async forget(of: UseOf, currentQuarter: number, step: Step): Promise<number> {
    const { rows, pending, writer, rollUp } = this.#options
    while (await step(() => writer.writeSome()));
    const deleted = await this.#dropExchanges(of, step)
    await this.#dropQuarters(of, step)
    while (await step(() => rollUp.step(currentQuarter)));
    await step(async () => {
      await this.#dropUnreadBlocks()
      // Drops sums that arrived meanwhile, because their text is deleted next.
      pending.drop(pending.within(0, Infinity).filter((sums) => sums[of.by] === of.text))
      await rows.forgetText(of.text)
    })
    return deleted
  }

  async #dropExchanges(of: UseOf, step: Step): Promise<number> {
    let deleted = 0
    let after = -1
    for (;;) {
      const dropped = await step(() => this.#options.rows.forgetExchanges(of, after, ROWS_AT_ONCE))
      if (dropped === undefined) return deleted
      deleted += dropped.deleted
      after = dropped.after
    }
  }

  async #dropQuarters(of: UseOf, step: Step): Promise<void> {
    const { rows } = this.#options
    for (let from = await rows.nextQuarter(0); from !== undefined; ) {
      const day = { from, to: from + QUARTERS_AT_ONCE }
      from = await step(async () => {
        await this.#dropDay(of, day)
        return rows.nextQuarter(day.to)
      })
    }
  }

  /** Ends the coverage of affected blocks in the same transaction, so that reports do not read them any more. */
  async #dropDay(of: UseOf, { from, to }: { from: number; to: number }): Promise<void> {
    const { rows, coverage } = this.#options
    if (!(await rows.hasQuarters(of, from, to))) return
    const ended = coverage.endingAt(from)
    await rows.apply({ dropQuarters: { ...of, from, to }, coverage: ended })
    coverage.accept(ended)
  }

  /** Deletes blocks outside the coverage, which the roll-up did not replace because no usage is left. */
  async #dropUnreadBlocks(): Promise<void> {
    const { rows, coverage } = this.#options
    await rows.apply({
      dropBlocks: SUM_DIMENSIONS.flatMap((dimension) =>
        coverage
          .levels(dimension)
          .map(({ width, upto }) => ({ dimension, width, from: upto, to: Number.MAX_SAFE_INTEGER })),
      ),
    })
  }
}
