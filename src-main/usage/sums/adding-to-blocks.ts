import type { BlockRow, NewQuarterRow, SumsChange } from '#shared/usage/sum-rows.ts'
import type { Coverage } from './coverage.ts'
import { valueIn } from './dimensions.ts'

/** The change that adds rows to the quarters. Late ones are also added to the existing blocks of their time. */
export function addingToBlocks(quarters: readonly NewQuarterRow[], coverage: Coverage): SumsChange {
  return { quarters, blocks: quarters.flatMap((row) => lateBlocks(row, coverage)) }
}

function lateBlocks(row: NewQuarterRow, coverage: Coverage): BlockRow[] {
  if (row.quarter >= coverage.latest()) return []
  return coverage.dimensions.flatMap((dimension) =>
    coverage.levels(dimension).flatMap(({ width, since, upto }) => {
      if (row.quarter < since || row.quarter >= upto) return []
      const start = row.quarter - (row.quarter % width)
      return [{ ...row, dimension, width, start, value: valueIn(dimension, row) }]
    }),
  )
}
