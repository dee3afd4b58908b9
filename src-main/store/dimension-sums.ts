import type { Dimension } from '#shared/usage.ts'
import type { Connection } from './connection.ts'
import { ADD_COUNTS, type QuarterRow, SUM_COUNTS, type ValueCounts } from './quarter-sums.ts'

/** An hour and a day UTC, in quarters. */
const WIDTHS = [4, 96] as const
export type Width = (typeof WIDTHS)[number]

/** As written in the file: never renumber. */
const NUMBER: Readonly<Record<Dimension, number>> = { model: 0, key: 1, origin: 2 }
const DIMENSIONS = Object.keys(NUMBER) as Dimension[]

interface DimensionRow extends Omit<QuarterRow, 'quarter' | 'key' | 'origin' | 'model' | 'class'> {
  width: number
  dimension: number
  start: number
  value: number
}

const COLUMNS = `width, dimension, start, value, requests, refused, prompt_tokens, completion_tokens, unmetered`

/** Hours and days by one dimension, so that a report over years reads thousands of rows and not millions. */
export interface DimensionSums {
  add(row: QuarterRow): void
  /** `from` and `to` are multiples of the width; `to` excluded. */
  by(dimension: Dimension, width: Width, from: number, to: number): ValueCounts[]
}

export function createDimensionSums(db: Connection): DimensionSums {
  const upsert = db.prepare<DimensionRow>(
    `INSERT INTO dimension_sums (${COLUMNS})
     VALUES (@width, @dimension, @start, @value, @requests, @refused, @prompt_tokens, @completion_tokens, @unmetered)
     ON CONFLICT DO UPDATE SET ${ADD_COUNTS}`,
  )
  const select = db.prepare<[number, number, number, number], ValueCounts>(
    `SELECT value, ${SUM_COUNTS} FROM dimension_sums
     WHERE width = ? AND dimension = ? AND start >= ? AND start < ? GROUP BY value`,
  )
  return {
    add(row) {
      for (const width of WIDTHS) {
        const start = row.quarter - (row.quarter % width)
        for (const name of DIMENSIONS) upsert.run({ ...row, width, dimension: NUMBER[name], start, value: row[name] })
      }
    },
    by: (dimension, width, from, to) => select.all(width, NUMBER[dimension], from, to),
  }
}

/** Makes them anew from the quarters: after a salvage, when the two might no longer agree. */
export function rebuildDimensionSums(db: Connection): void {
  db.exec('DELETE FROM dimension_sums')
  for (const width of WIDTHS) {
    for (const name of DIMENSIONS) {
      db.exec(
        `INSERT INTO dimension_sums (${COLUMNS})
         SELECT ${width}, ${NUMBER[name]}, quarter - quarter % ${width} AS start, ${name}, ${SUM_COUNTS}
         FROM quarter_sums GROUP BY start, ${name}`,
      )
    }
  }
}
