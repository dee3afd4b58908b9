import type { NumberRange, UseOf } from '#shared/usage/sum-rows.ts'
import type { Coverage } from './coverage.ts'
import type { UsageRows } from './ports.ts'
import type { RollUp } from './roll-up.ts'

type ForgettingRows = Pick<UsageRows, 'apply' | 'forgetExchanges' | 'hasQuarters' | 'nextQuarter'>

/** What a step of forgetting works on. */
export interface SumsParts<R extends ForgettingRows = ForgettingRows> {
  readonly rows: R
  readonly coverage: Coverage
  readonly rollUp: RollUp
}

/** Runs one short step with exclusive access to the sums. Other work can run before the next step. */
export type Step<R extends ForgettingRows> = <T>(work: (parts: SumsParts<R>) => Promise<T>) => Promise<T>

/** Exchanges per step. */
const ROWS_AT_ONCE = 2000
/** Quarters per step: a day. */
const QUARTERS_AT_ONCE = 96

/** Deletes the usage of one key or one origin, also from the sums. Exchanges that are written meanwhile stay correct. */
export class Forgetting<R extends ForgettingRows> {
  readonly #step: Step<R>

  constructor(step: Step<R>) {
    this.#step = step
  }

  /** `end` is part of the last step. Resolves to the number of deleted exchanges. */
  async forget(of: UseOf, currentQuarter: number, end: (rows: R) => Promise<void>): Promise<number> {
    const deleted = await this.#dropExchanges(of)
    await this.#dropQuarters(of)
    while (await this.#step(({ rollUp }) => rollUp.step(currentQuarter)));
    await this.#step(async (parts) => {
      await dropUnreadBlocks(parts)
      await end(parts.rows)
    })
    return deleted
  }

  async #dropExchanges(of: UseOf): Promise<number> {
    let deleted = 0
    let after = -1
    for (;;) {
      const dropped = await this.#step(({ rows }) => rows.forgetExchanges(of, after, ROWS_AT_ONCE))
      if (dropped === undefined) return deleted
      deleted += dropped.deleted
      after = dropped.after
    }
  }

  async #dropQuarters(of: UseOf): Promise<void> {
    for (let from = await this.#step(({ rows }) => rows.nextQuarter(0)); from !== undefined; ) {
      const day = { from, to: from + QUARTERS_AT_ONCE }
      from = await this.#step(async (parts) => {
        await dropDay(of, day, parts)
        return parts.rows.nextQuarter(day.to)
      })
    }
  }
}

/** Ends the coverage of affected blocks in the same transaction, so that reports do not read them any more. */
async function dropDay(of: UseOf, { from, to }: NumberRange, { rows, coverage }: SumsParts): Promise<void> {
  if (!(await rows.hasQuarters(of, from, to))) return
  const ended = coverage.endingAt(from)
  await rows.apply({ dropQuarters: { ...of, from, to }, coverage: ended })
  coverage.accept(ended)
}

/** Deletes blocks outside the coverage, which the roll-up did not replace because no usage is left. */
async function dropUnreadBlocks({ rows, coverage }: SumsParts): Promise<void> {
  await rows.apply({
    dropBlocks: coverage.dimensions.flatMap((dimension) =>
      coverage
        .levels(dimension)
        .map(({ width, upto }) => ({ dimension, width, from: upto, to: Number.MAX_SAFE_INTEGER })),
    ),
  })
}
