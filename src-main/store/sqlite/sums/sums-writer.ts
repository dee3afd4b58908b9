import type { Connection } from '../file/connection.ts'
import type { SummedRow } from '../tables/exchange-row.ts'
import type { InternedStrings } from '../tables/interned-strings.ts'
import type { DimensionSums } from './dimension-sums.ts'
import { gatherAgain } from './gather-again.ts'
import { type Gathered, gather, gatherAt, rowOf, sumKeyOf } from './gathered-sums.ts'
import type { Pending, PendingSums } from './pending-sums.ts'
import type { QuarterSums } from './quarter-sums.ts'
import { SumKeyMap } from './sum-key-map.ts'

export interface SumsWriterOptions {
  readonly db: Connection
  readonly strings: InternedStrings
  readonly quarters: QuarterSums
  readonly dimensions: DimensionSums
  readonly pending: PendingSums
}

/** Brings sums into the file, and keeps account there of which exchanges are in them. */
export interface SumsWriter {
  /** The number of the next exchange. */
  nextNumber(): number
  /** Exchanges are in the file, with numbers from `nextNumber()` on: gathers their sums. */
  gather(rows: readonly SummedRow[]): void
  /** Adds exchanges that have no number. Only within a transaction. */
  addAtOnce(rows: readonly SummedRow[]): void
  /** Writes the oldest pending sums if there are too many. */
  writeSurplus(): void
  /** Writes some of those that are pending for quarters before one; whether there was any. */
  writeBefore(quarter: number): boolean
  /** Writes some of those that are pending; whether there was any. */
  writeSome(): boolean
  writeAll(): void
  /** Says that no exchange is to be found in the file that is not in the sums. Only within a transaction. */
  markAll(): void
}

/** Rows written in one transaction: about two milliseconds. */
const ROWS_AT_ONCE = 200
/** Some 8 MB of memory. */
const MOST_ROWS = 16_000
/** How far back a start looks after a crash: less than a second. */
const MOST_EXCHANGES = 200_000

interface Written {
  readonly upto: number
  readonly numbered: number
}

export function createSumsWriter({ db, strings, quarters, dimensions, pending }: SumsWriterOptions): SumsWriter {
  const select = db.prepare<[], Written>('SELECT upto, numbered FROM sums_written')
  const put = db.prepare<Written>(
    `INSERT INTO sums_written (row, upto, numbered) VALUES (1, @upto, @numbered)
     ON CONFLICT DO UPDATE SET upto = excluded.upto, numbered = excluded.numbered`,
  )
  const highest = db.prepare<[], number | null>('SELECT MAX(row) FROM exchanges').pluck()
  const written = select.get()
  let next = Math.max(highest.get() ?? 0, written?.numbered ?? 0) + 1

  function add(gathered: Gathered, upto: number): void {
    const row = rowOf(gathered)
    quarters.add(row, upto)
    dimensions.addLate(row)
  }

  function mark(upto: number): void {
    put.run({ upto, numbered: next - 1 })
  }

  const write = db.transaction((sums: readonly Pending[]) => {
    const firstLeft = pending.firstBeside(sums)
    // Where none is left, no start will ask what was in these.
    for (const one of sums) add(one, firstLeft === undefined ? 0 : one.last)
    mark((firstLeft ?? next) - 1)
  })

  function writeAndDrop(sums: readonly Pending[]): boolean {
    if (sums.length === 0) return false
    write.immediate(sums)
    pending.drop(sums)
    return true
  }

  if (written === undefined) mark(next - 1)
  else gatherAgain(written.upto, { db, quarters, pending })

  return {
    nextNumber: () => next,
    gather(rows) {
      for (const row of rows) pending.add(row, next++)
    },
    addAtOnce(rows) {
      for (const gathered of gatherAll(rows, strings)) add(gathered, 0)
    },
    writeSurplus() {
      const [oldest] = pending.oldest(1)
      if (oldest === undefined) return
      if (pending.size() > MOST_ROWS || next - oldest.first > MOST_EXCHANGES) writeAndDrop(pending.oldest(ROWS_AT_ONCE))
    },
    writeBefore: (quarter) => writeAndDrop(pending.before(quarter, ROWS_AT_ONCE)),
    writeSome: () => writeAndDrop(pending.oldest(ROWS_AT_ONCE)),
    writeAll: () => void writeAndDrop(pending.oldest(pending.size())),
    markAll: () => mark(next - 1),
  }
}

function gatherAll(rows: readonly SummedRow[], strings: InternedStrings): readonly Gathered[] {
  const all: Gathered[] = []
  const byKey = new SumKeyMap<Gathered>()
  for (const row of rows) {
    const sumKey = sumKeyOf(row)
    let sums = byKey.get(sumKey)
    if (sums === undefined) {
      sums = gatherAt(sumKey)
      byKey.set(sumKey, sums)
      all.push(sums)
    }
    gather(sums, row, strings)
  }
  return all
}
