import type { Connection } from './connection.ts'
import { SUMMED_COLUMNS, type SummedRow } from './exchange-row.ts'
import { placeOf } from './gathered-sums.ts'
import type { PendingSums } from './pending-sums.ts'
import { PlaceMap } from './place-map.ts'
import type { QuarterSums } from './quarter-sums.ts'
import type { QuarterPlace } from './sum-rows.ts'

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
  const writtenUpto = new PlaceMap<number>()

  function uptoOf(place: QuarterPlace): number {
    const known = writtenUpto.get(place)
    if (known !== undefined) return known
    const upto = quarters.uptoOf(place)
    writtenUpto.set(place, upto)
    return upto
  }

  let last = after
  for (;;) {
    const rows = select.all(last, ROWS_AT_ONCE)
    for (const row of rows) if (row.row > uptoOf(placeOf(row))) pending.add(row, row.row)
    last = rows.at(-1)?.row ?? last
    if (rows.length < ROWS_AT_ONCE) return
  }
}
