import { addingToBlocks } from '../sums/adding-to-blocks.ts'
import type { Coverage } from '../sums/coverage.ts'
import type { UpkeepRows } from './ports.ts'

/** Rows per step. */
const ROWS_AT_ONCE = 500

/**
 * Moves live sums of past quarters to the quarters, where the rows of all gateways are one. Those that came late are also added to
 * the blocks of their time. Resolves to false if there were none.
 */
export async function moveLive(rows: UpkeepRows, coverage: Coverage, before: number): Promise<boolean> {
  const live = await rows.takeLive(before, ROWS_AT_ONCE)
  if (live.length === 0) return false
  const quarters = live.map((row) => ({ ...row, upto: 0 }))
  await rows.apply(addingToBlocks(quarters, coverage))
  return true
}
