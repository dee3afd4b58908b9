import type { SumKey } from '#shared/usage/sum-rows.ts'
import { sumKeyOf } from './gathered-sums.ts'
import type { PendingSums } from './pending-sums.ts'
import type { UsageRows } from './ports.ts'
import { SumKeyMap } from './sum-key-map.ts'

export interface GatherAgainOptions {
  readonly rows: Pick<UsageRows, 'exchangesAfter' | 'uptoOf'>
  readonly pending: PendingSums
}

const ROWS_AT_ONCE = 2000

/** After a crash, restores the pending sums from the exchanges after a number that are not in the sums yet. */
export async function gatherAgain(after: number, { rows, pending }: GatherAgainOptions): Promise<void> {
  const writtenUpto = new SumKeyMap<number>()

  async function uptoOf(sumKey: SumKey): Promise<number> {
    const upto = await rows.uptoOf(sumKey)
    writtenUpto.set(sumKey, upto)
    return upto
  }

  let last = after
  for (;;) {
    const exchanges = await rows.exchangesAfter(last, ROWS_AT_ONCE)
    for (const exchange of exchanges) {
      const sumKey = sumKeyOf(exchange)
      const upto = writtenUpto.get(sumKey) ?? (await uptoOf(sumKey))
      if (exchange.number > upto) pending.add(exchange, exchange.number)
    }
    last = exchanges.at(-1)?.number ?? last
    if (exchanges.length < ROWS_AT_ONCE) return
  }
}
