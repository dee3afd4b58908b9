import type { Connection } from '../file/connection.ts'
import { SUMMED_COLUMNS, type SummedRow } from '../tables/exchange-row.ts'
import { sumKeyOf } from './gathered-sums.ts'
import type { PendingSums } from './pending-sums.ts'
import type { QuarterSums } from './quarter-sums.ts'
import { SumKeyMap } from './sum-key-map.ts'
import type { SumKey } from './sum-rows.ts'

export interface GatherAgainOptions {
  readonly db: Connection
  readonly quarters: QuarterSums
  readonly pending: PendingSums
}

const ROWS_AT_ONCE = 2000

/** After a crash: gathers the sums that were pending, out of the exchanges after a number that are not in the sums. */
export function gatherAgain(after: number, { db, quarters, pending }: GatherAgainOptions): void {
  const select = db.prepare<[number, number], SummedRow & { row: number }>(
    `SELECT row, ${SUMMED_COLUMNS.join(', ')} FROM exchanges WHERE row > ? ORDER BY row LIMIT ?`,
  )
  const writtenUpto = new SumKeyMap<number>()

  function uptoOf(sumKey: SumKey): number {
    const known = writtenUpto.get(sumKey)
    if (known !== undefined) return known
    const upto = quarters.uptoOf(sumKey)
    writtenUpto.set(sumKey, upto)
    return upto
  }

  let last = after
  for (;;) {
    const rows = select.all(last, ROWS_AT_ONCE)
    for (const row of rows) if (row.row > uptoOf(sumKeyOf(row))) pending.add(row, row.row)
    last = rows.at(-1)?.row ?? last
    if (rows.length < ROWS_AT_ONCE) return
  }
}
