import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BlockRange, PlacedRow } from '#shared/usage/sum-rows.ts'
import type { BlockRows } from './ports.ts'

/** The blocks of a range, batch by batch. After each the gateway gets its turn: there can be thousands. */
export async function* everyBlock(
  rows: Pick<BlockRows, 'blocks'>,
  range: BlockRange,
): AsyncGenerator<readonly PlacedRow[]> {
  let batch = await rows.blocks(range, undefined)
  while (batch.length > 0) {
    yield batch
    await nextTurn()
    batch = await rows.blocks(range, batch.at(-1))
  }
}
