import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BlockRange, NumberRange, QuarterRow, StoredBlock } from '#shared/usage/sum-rows.ts'
import type { BlockRows, QuarterRows } from './ports.ts'

/** The blocks of a range, batch by batch. After each the gateway gets its turn: there can be thousands. */
export async function* everyBlock(
  rows: Pick<BlockRows, 'blocks'>,
  range: BlockRange,
  values?: NumberRange,
): AsyncGenerator<readonly StoredBlock[]> {
  let batch = await rows.blocks(range, undefined, values)
  while (batch.length > 0) {
    yield batch
    await nextTurn()
    batch = await rows.blocks(range, batch.at(-1), values)
  }
}

/** Quarters per step: a day, which is read in about a millisecond. */
const QUARTERS_OF_A_STEP = 96

/** The quarters of some keys, day by day. After each the gateway gets its turn. */
export async function* everyQuarter(
  rows: Pick<QuarterRows, 'quartersOfKeys'>,
  keys: NumberRange,
  { from, to }: NumberRange,
): AsyncGenerator<readonly QuarterRow[]> {
  for (let start = from; start < to; start += QUARTERS_OF_A_STEP) {
    yield await rows.quartersOfKeys(keys, start, Math.min(to, start + QUARTERS_OF_A_STEP))
    await nextTurn()
  }
}
